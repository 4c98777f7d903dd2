/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a process is waited for: processes that sleep, that spin, and that want a CPU and get
 * none, as a SCHED_IDLE process beside one that spins on the same CPU.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/run/patience.h"

#define NS_PER_S UINT64_C(1000000000)
/* The time between two looks, and what a count of ticks may be short by. */
#define LOOK_NS (2 * PATIENCE_LOOK_MS * UINT64_C(1000000))

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t = {0, 0};

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static uint64_t cpu_ns(pid_t pid)
{
	clockid_t clock;

	return clock_getcpuclockid(pid, &clock) == 0 ? clock_ns(clock) : 0;
}

static void pause_ms(long ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static _Noreturn void spin(void)
{
	for (volatile unsigned n = 0;; n++)
		;
}

static _Noreturn void sleep_for_ever(void)
{
	for (;;)
		pause();
}

/* Run on the first CPU only; if `starved`, with only what other processes leave of it. */
static void on_one_cpu(bool starved)
{
	const struct sched_param none = {0};
	cpu_set_t set, one;
	unsigned cpu = 0;

	sched_getaffinity(0, sizeof(set), &set);
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one) != 0 ||
	    (starved && sched_setscheduler(0, SCHED_IDLE, &none) != 0))
		abort();
}

static void *spinning_thread(void *unused)
{
	(void)unused;
	spin();
}

/* A child that has a thread that wants a CPU; this process and the child's first thread sleep. */
static _Noreturn void starved_family(void)
{
	pthread_t thread;

	on_one_cpu(true);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pthread_create(&thread, NULL, spinning_thread, NULL);
	}
	sleep_for_ever();
}

static _Noreturn void competitor(void)
{
	on_one_cpu(false);
	spin();
}

static pid_t start(void (*what)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		what();
	}
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void wait_out(struct patience *p)
{
	while (!patience_is_over(p))
		pause_ms(PATIENCE_LOOK_MS);
}

static void test_sleeps(void)
{
	pid_t pid = start(sleep_for_ever);
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);
	struct patience p;

	patience_begin(&p, pid, 1);
	tap_ok(!patience_is_over(&p), "patience is not over at once");
	wait_out(&p);
	tap_ok(clock_ns(CLOCK_MONOTONIC) - begin >= NS_PER_S,
	       "a process that sleeps is given up after real time");
	patience_begin(&p, pid, 1);
	pause_ms(1100);
	patience_skip(&p);
	tap_ok(!patience_is_over(&p), "time that is skipped does not count");
	end(pid);
}

static void test_spins(void)
{
	pid_t pid = start(spin);
	uint64_t begin = clock_ns(CLOCK_MONOTONIC), used;
	struct patience p;

	patience_begin(&p, pid, 1);
	wait_out(&p);
	used = cpu_ns(pid);
	tap_ok(clock_ns(CLOCK_MONOTONIC) - begin >= NS_PER_S && used >= NS_PER_S - LOOK_NS,
	       "a process that spins is given up after its CPU time: %llu ms",
	       (unsigned long long)(used / 1000000));
	end(pid);
}

static void test_starves(void)
{
	pid_t other = start(competitor), pid = start(starved_family);
	struct patience p;

	patience_begin(&p, pid, 1);
	for (unsigned i = 0; i < 8; i++) {
		pause_ms(PATIENCE_LOOK_MS);
		patience_is_over(&p);
	}
	tap_ok(!patience_is_over(&p) && p.used_ns <= NS_PER_S * 3 / 4,
	       "a thread of a child that gets no CPU is waited for: of 2 s, %llu ms count",
	       (unsigned long long)(p.used_ns / 1000000));
	end(other);
	end(pid);
}

/*
 * patience_kill() kills all that was started, and not this process. The grandchild reports that it
 * runs.
 */
static void test_kill(void)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends) != 0)
		abort();
	pid = fork();
	if (pid == 0) {
		if (fork() == 0 && (setsid() < 0 || write(ends[1], "", 1) != 1))
			abort();
		close(ends[0]);
		sleep_for_ever();
	}
	close(ends[1]);
	tap_ok(read(ends[0], &byte, 1) == 1,
	       "a process and its child in another session are there");
	tap_is_u64(patience_kill(getpid()), 2,
		   "a process and its child in another session are killed");
	tap_ok(read(ends[0], &byte, 1) == 0, "a process and its child in another session are gone");
	waitpid(pid, NULL, 0);
	tap_is_u64(patience_kill(getpid()), 0,
		   "patience_kill() finds no process once all are killed");
	close(ends[0]);
}

int main(void)
{
	test_sleeps();
	test_spins();
	test_starves();
	test_kill();
	return tap_done();
}
