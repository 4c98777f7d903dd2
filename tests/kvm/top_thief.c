/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thieves for tests/kvm/top_*.t. The first word says which:
 *
 *	top_thief burn MS [fifo [VICTIM STOP|KILL]]
 *
 * A process of its own computes on CPU 1 for that many milliseconds of its own time. It prints
 * "burn PID NS": how long that process really ran there, up to its end. With fifo, it does so in
 * the real-time class. When half of the time has passed, it sends the signal to a process that
 * waits for the CPU.
 *
 *	top_thief turns N US
 *
 * Two threads of the real-time class take turns on CPU 1, N in all, of US microseconds or more. It
 * prints "turns PID NS" and "last PID NS": the time of all turns, and of the last TOP_TURNS - 2.
 *
 *	top_thief move FROM TO TID...
 *
 * moves these threads, which run and wait on CPU FROM, to CPU TO. Meanwhile none of them runs on
 * CPU FROM, as this one does, in the real-time class. So whenever another of them runs, the first
 * one is on the same CPU.
 *
 *	top_thief fifo PID
 *
 * puts that thread into the real-time class. `rr` instead of `fifo` makes threads take turns.
 *
 *	top_thief deadline PID RUNTIME_MS PERIOD_MS
 *
 * puts that thread into the deadline class.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/types.h>
#include "tests/kvm/top_burn.h"
#include "tools/top/bpf/counts.h"

#define TURNS_MAX 4096u

static void be_realtime(pid_t thread, int policy)
{
	const struct sched_param priority = {.sched_priority = 50};

	must(sched_setscheduler(thread, policy, &priority), "sched_setscheduler");
}

static void be_fifo(pid_t thread)
{
	be_realtime(thread, SCHED_FIFO);
}

/* struct sched_attr of linux/sched/types.h, which some releases of glibc define as well. */
static void be_deadline(pid_t thread, uint64_t runtime_ms, uint64_t period_ms)
{
	const struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attr = {
		.size = sizeof(attr),
		.policy = 6, /* SCHED_DEADLINE */
		.runtime = runtime_ms * 1000000,
		.deadline = period_ms * 1000000,
		.period = period_ms * 1000000,
	};

	must((int)syscall(SYS_sched_setattr, thread, &attr, 0), "SCHED_DEADLINE");
}

static void use_cpu(pid_t thread, int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((unsigned)cpu, &one);
	must(sched_setaffinity(thread, sizeof(one), &one), "sched_setaffinity");
}

static struct {
	uint64_t began[TURNS_MAX + 1];
	unsigned turns, done;
	uint64_t ns;
	atomic_uint ready;
} turns;

/* Only one of the two threads runs at a time, and it runs until it yields. */
static void *take_turns(void *unused)
{
	(void)unused;
	/* In this order, as the other thread may have the CPU already. */
	be_fifo(0);
	use_cpu(0, 1);
	atomic_fetch_add(&turns.ready, 1);
	while (atomic_load(&turns.ready) < 2)
		sched_yield();
	while (turns.done < turns.turns) {
		uint64_t from = clock_ns(CLOCK_MONOTONIC);

		turns.began[turns.done++] = from;
		while (clock_ns(CLOCK_MONOTONIC) - from < turns.ns)
			;
		turns.began[turns.done] = clock_ns(CLOCK_MONOTONIC);
		sched_yield();
	}
	return NULL;
}

static void run_turns(unsigned count, unsigned us)
{
	pthread_t thread[2];

	if (count < TOP_TURNS || count > TURNS_MAX)
		errx(3, "%u turns; expected %u to %u", count, TOP_TURNS, TURNS_MAX);
	turns.turns = count;
	turns.ns = us * 1000ull;
	for (int i = 0; i < 2; i++)
		must(-pthread_create(&thread[i], NULL, take_turns, NULL), "a thread");
	for (int i = 0; i < 2; i++)
		must(-pthread_join(thread[i], NULL), "a thread");
	tell("turns", turns.began[count] - turns.began[0]);
	tell("last", turns.began[count] - turns.began[count - (TOP_TURNS - 2)]);
}

/* The thief: argv as for main(). It says how long it had run when it came to CPU 1. */
static _Noreturn void be_thief(int argc, char **argv, int out)
{
	uint64_t ms = (uint64_t)atoi(argv[2]), begin;

	if (argc > 3 && strcmp(argv[3], "fifo") == 0)
		be_fifo(0);
	use_cpu(0, 1);
	begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	must(write(out, &begin, sizeof(begin)) == sizeof(begin) ? 0 : -1, "write");
	burn(ms / 2);
	if (argc > 5)
		must(kill(atoi(argv[4]), strcmp(argv[5], "KILL") == 0 ? SIGKILL : SIGSTOP), "kill");
	burn(ms - ms / 2);
	_exit(0);
}

/* How long a thread has run, by the kernel's count, which it still has when it has ended. */
static uint64_t run_time(pid_t thread)
{
	char path[32];
	unsigned long long ns;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", thread);
	FILE *file = fopen(path, "r");
	if (!file || fscanf(file, "%llu", &ns) != 1)
		err(3, "%s", path);
	fclose(file);
	return ns;
}

static void run_thief(int argc, char **argv)
{
	int pipe_end[2];
	uint64_t begin;
	siginfo_t info;

	must(pipe(pipe_end), "pipe");
	pid_t thief = must(fork(), "fork");
	if (thief == 0)
		be_thief(argc, argv, pipe_end[1]);
	must(read(pipe_end[0], &begin, sizeof(begin)) == sizeof(begin) ? 0 : -1, "read");
	must(waitid(P_PID, (id_t)thief, &info, WEXITED | WNOWAIT), "waitid");
	printf("burn %d %llu\n", thief, (unsigned long long)(run_time(thief) - begin));
}

int main(int argc, char **argv)
{
	const char *how = argc > 2 ? argv[1] : "";

	if (strcmp(how, "burn") == 0) {
		run_thief(argc, argv);
	} else if (strcmp(how, "turns") == 0 && argc > 3) {
		run_turns((unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]));
	} else if (strcmp(how, "move") == 0 && argc > 4) {
		be_fifo(0);
		use_cpu(0, atoi(argv[2]));
		for (int i = 4; i < argc; i++)
			use_cpu(atoi(argv[i]), atoi(argv[3]));
	} else if (strcmp(how, "fifo") == 0) {
		be_fifo(atoi(argv[2]));
	} else if (strcmp(how, "rr") == 0) {
		be_realtime(atoi(argv[2]), SCHED_RR);
	} else if (strcmp(how, "deadline") == 0 && argc > 4) {
		be_deadline(atoi(argv[2]), (uint64_t)atoi(argv[3]), (uint64_t)atoi(argv[4]));
	} else {
		errx(3,
		     "expected: top_thief burn MS [fifo [VICTIM SIGNAL]], turns N US, fifo PID, rr PID or deadline PID MS MS");
	}
	return 0;
}
