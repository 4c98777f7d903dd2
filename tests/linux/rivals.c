/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lockups_kvm.t needs on a KVM host.
 *
 *	rivals beside TID N
 *
 * The thread gets CPU 1, together with N processes that compute until this one ends. They are in
 * the class SCHED_RR, in which they take turns of exactly 100 ms, on every kernel.
 *
 *	rivals stamp CONSOLE TID FIRST LAST
 *
 * prints each line of the file CONSOLE, which may still grow, as it comes: the seconds of the host,
 * the seconds for which the thread has run, and the line. It ends when, after a line with FIRST,
 * there is one with LAST.
 */
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>
#include "tests/kvm/must.h"

static void use_cpu_1(pid_t thread)
{
	const struct sched_param param = {.sched_priority = 1};
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(1, &one);
	must(sched_setaffinity(thread, sizeof(one), &one), "sched_setaffinity");
	must(sched_setscheduler(thread, SCHED_RR, &param), "SCHED_RR");
}

static _Noreturn void beside(pid_t thread, unsigned count)
{
	use_cpu_1(thread);
	for (unsigned i = 0; i < count; i++) {
		if (must(fork(), "fork") != 0)
			continue;
		must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
		use_cpu_1(0);
		/* Many instructions that QEMU translates into nothing: time passes quickly. */
		for (;;)
			__asm__ volatile(".rept 400\n"
					 "	nop\n"
					 ".endr");
	}
	for (;;)
		pause();
}

/* How long a thread has run. While it waits, that is exact; while it runs, it lacks a tick. */
static double ran(const char *thread)
{
	char path[64];
	uint64_t ns;

	snprintf(path, sizeof(path), "/proc/%s/schedstat", thread);
	FILE *file = fopen(path, "r");
	if (!file || fscanf(file, "%" SCNu64, &ns) != 1)
		err(3, "%s", path);
	fclose(file);
	return (double)ns / 1e9;
}

static double now(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_MONOTONIC, &t), "clock_gettime");
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void stamp(const char *console, const char *thread, const char *first, const char *last)
{
	const struct timespec moment = {.tv_nsec = 2000000};
	FILE *file = fopen(console, "r");
	char line[1024];
	bool begun = false;
	size_t got = 0;

	if (!file)
		err(3, "%s", console);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (;;) {
		int c = getc(file);

		if (c == EOF) {
			clearerr(file);
			nanosleep(&moment, NULL);
			continue;
		}
		if (c != '\n' && got < sizeof(line) - 1) {
			line[got++] = (char)c;
			continue;
		}
		line[got] = '\0';
		got = 0;
		printf("%.3f %.3f %s\n", now(), ran(thread), line);
		if (begun && strstr(line, last))
			return;
		begun = begun || strstr(line, first);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "beside") == 0 && argc == 4)
		beside(atoi(argv[2]), (unsigned)atoi(argv[3]));
	else if (strcmp(what, "stamp") == 0 && argc == 6)
		stamp(argv[2], argv[3], argv[4], argv[5]);
	else
		errx(3, "expected: rivals beside TID N, or stamp CONSOLE TID FIRST LAST");
	return 0;
}
