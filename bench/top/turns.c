/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load turns THIEVES [vcpu]: what a context switch costs. Thread 0 calls all others, real-time
 * threads of equal priority, which run one after the other on the one CPU: they are its thieves.
 * With `vcpu`, thread 0 is a vCPU's.
 *
 * Each switch is timed from the last instruction of a thread before its system call to the first
 * one of the next thread. It prints a line for each kind of switch:
 *
 *   turns thieves=N kind=KIND middle=TICKS mean=TICKS n=N
 *
 * in ticks of the counter for each switch, of n switches; `middle` is the mean of the middle half,
 * in which no interrupt fell. KIND is out if thread 0 leaves the CPU, in if it gets the CPU, and
 * otherwise other.
 */
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "bench/top/load.h"

#define THIEVES_MAX 16u
#define ROUNDS	    64u /* of a batch */
#define FIRST	    2u	/* measured round: in the first two the threads come from elsewhere */
#define BATCHES	    20u
#define SAMPLES	    (BATCHES * ROUNDS * THIEVES_MAX)

enum kind { OUT, OTHER, IN, KINDS };

static struct {
	unsigned threads;
	bool vcpu;
	pthread_barrier_t barrier;
	uint32_t call;	/* the number of the round: a futex */
	unsigned last;	/* the thread that had the CPU last */
	uint64_t stamp; /* until when */
	unsigned since; /* switches since thread 0 had the CPU */
	uint32_t ticks[KINDS][SAMPLES];
	unsigned count[KINDS];
} turns;

static void take(unsigned me, uint64_t now)
{
	enum kind kind = me == 0 ? IN : turns.last == 0 ? OUT : OTHER;

	if (me == 0 && turns.since != turns.threads - 1)
		errx(3, "%u threads ran in a round, not %u", turns.since, turns.threads - 1);
	turns.ticks[kind][turns.count[kind]++] = (uint32_t)(now - turns.stamp);
}

/* The counter advances once in 4 instructions: a quarter of the rounds begins at each phase. */
static void shift_phase(unsigned round)
{
	for (unsigned i = round % 4; i > 0; i--)
		__asm__ volatile("nop");
}

/* What thread `me` does each time that it gets the CPU. */
static void take_turn(unsigned me, unsigned round)
{
	uint64_t now = counter();

	if (round % ROUNDS >= FIRST)
		take(me, now);
	turns.since = me == 0 ? 0 : turns.since + 1;
	turns.last = me;
	shift_phase(round);
	turns.stamp = counter();
}

static void change_futex(int operation, uint32_t value)
{
	syscall(SYS_futex, &turns.call, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

/* A thread that is called takes the CPU from thread 0, which goes on when all wait again. */
static void *run_thief(void *at)
{
	unsigned me = (unsigned)(uintptr_t)at;

	for (uint32_t round = 0; round < BATCHES * ROUNDS; round++) {
		if (round > 0)
			take_turn(me, round - 1);
		else
			pthread_barrier_wait(&turns.barrier);
		change_futex(FUTEX_WAIT, round);
	}
	return NULL;
}

/* Before each batch it sleeps, so that a tool can take what it has recorded. */
static void *run_caller(void *unused)
{
	if (turns.vcpu)
		become_vcpu();
	pthread_barrier_wait(&turns.barrier);
	for (unsigned round = 0; round < BATCHES * ROUNDS; round++) {
		if (round % ROUNDS == 0)
			usleep(10000);
		take_turn(0, round);
		turns.call = round + 1;
		change_futex(FUTEX_WAKE, THIEVES_MAX);
	}
	return unused;
}

static int by_ticks(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double mean(const uint32_t *ticks, unsigned count)
{
	double sum = 0;

	for (unsigned i = 0; i < count; i++)
		sum += ticks[i];
	return sum / count;
}

static void tell(void)
{
	static const char *const names[KINDS] = {"out", "other", "in"};

	for (unsigned k = 0; k < KINDS; k++) {
		unsigned n = turns.count[k];
		if (n == 0)
			continue;
		qsort(turns.ticks[k], n, sizeof(turns.ticks[k][0]), by_ticks);
		printf("turns thieves=%u kind=%s middle=%.3f mean=%.3f n=%u\n", turns.threads - 1,
		       names[k], mean(turns.ticks[k] + n / 4, n / 2), mean(turns.ticks[k], n), n);
	}
}

static void begin(pthread_t *thread, void *(*run)(void *), unsigned number, int policy)
{
	const struct sched_param param = {.sched_priority = policy == SCHED_FIFO ? 10 : 0};
	pthread_attr_t attributes;

	must_be_0(pthread_attr_init(&attributes), "attributes");
	must_be_0(pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED), "a policy");
	must_be_0(pthread_attr_setschedpolicy(&attributes, policy), "a policy");
	must_be_0(pthread_attr_setschedparam(&attributes, &param), "a priority");
	must_be_0(pthread_create(thread, &attributes, run, (void *)(uintptr_t)number), "a thread");
	must_be_0(pthread_attr_destroy(&attributes), "attributes");
}

void measure_turns(char **words)
{
	pthread_t thread[THIEVES_MAX + 1];

	turns.threads = number(words[0], THIEVES_MAX) + 1;
	turns.vcpu = words[1] != NULL && strcmp(words[1], "vcpu") == 0;
	must(-pthread_barrier_init(&turns.barrier, NULL, turns.threads), "a barrier");
	begin(&thread[0], run_caller, 0, SCHED_OTHER);
	for (unsigned i = 1; i < turns.threads; i++)
		begin(&thread[i], run_thief, i, SCHED_FIFO);
	for (unsigned i = 0; i < turns.threads; i++)
		must_be_0(pthread_join(thread[i], NULL), "pthread_join");
	tell();
}
