/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "delay.h"
#include "user.h"

static pid_t competitor;

/* The file has three numbers: ns on a CPU, ns of waiting for a CPU, timeslices. */
uint64_t delay_ns(void)
{
	static const char name[] = "/proc/thread-self/schedstat";
	FILE *f = fopen(name, "re");
	uint64_t ns;

	if (f == NULL || fscanf(f, "%*u %" SCNu64, &ns) != 1)
		bail_out("%s", name);
	fclose(f);
	return ns;
}

static void pin(void)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (cpu < 0 || sched_setaffinity(0, sizeof(set), &set) != 0)
		bail_out("sched_setaffinity to CPU %d", cpu);
}

void competitor_begin(void)
{
	pid_t parent = getpid();

	pin();
	competitor = fork();
	if (competitor < 0)
		bail_out("fork of the competitor");
	if (competitor > 0)
		return;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(1);
	for (volatile unsigned turns = 0;; turns = turns + 1)
		;
}

void competitor_end(void)
{
	kill(competitor, SIGKILL);
	waitpid(competitor, NULL, 0);
}

void delay_grow(uint64_t ns)
{
	uint64_t begin = delay_ns();

	while (delay_ns() - begin < ns)
		;
}
