/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load turns THIEVES [vcpu]: what a context switch costs. Threads of equal priority (SCHED_FIFO)
 * take turns on one CPU by sched_yield(). Thread 0 waits for all others in each round: they are its
 * thieves. With `vcpu`, thread 0 is a vCPU's.
 *
 * Each switch is timed from the last instruction of the thread that yields to the first one of the
 * next thread. It prints a line for each kind of switch:
 *
 *   turns thieves=N kind=KIND middle=TICKS mean=TICKS n=N
 *
 * in ticks of the counter for each switch, of n switches; `middle` is the mean of the middle half,
 * in which no interrupt fell. KIND is out if thread 0 leaves the CPU, in if it gets the CPU, and
 * otherwise other.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	unsigned last;	/* the thread that has yielded */
	uint64_t stamp; /* when */
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

static void run_batch(unsigned me)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t now = counter();

		if (round >= FIRST)
			take(me, now);
		turns.since = me == 0 ? 0 : turns.since + 1;
		turns.last = me;
		shift_phase(round);
		turns.stamp = counter();
		sched_yield();
	}
}

/* Between the batches all threads sleep, so that a tool can take what it has recorded. */
static void *run_thread(void *at)
{
	const struct sched_param param = {.sched_priority = 10};
	unsigned me = (unsigned)(uintptr_t)at;

	if (me == 0 && turns.vcpu)
		become_vcpu();
	must_be_0(pthread_setschedparam(pthread_self(), SCHED_FIFO, &param), "SCHED_FIFO");
	for (unsigned batch = 0; batch < BATCHES; batch++) {
		if (me == 0)
			usleep(10000);
		pthread_barrier_wait(&turns.barrier);
		run_batch(me);
	}
	return NULL;
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

void measure_turns(char **words)
{
	pthread_t thread[THIEVES_MAX + 1];

	turns.threads = number(words[0], THIEVES_MAX) + 1;
	turns.vcpu = words[1] != NULL && strcmp(words[1], "vcpu") == 0;
	must(-pthread_barrier_init(&turns.barrier, NULL, turns.threads), "a barrier");
	for (unsigned i = 0; i < turns.threads; i++)
		must_be_0(pthread_create(&thread[i], NULL, run_thread, (void *)(uintptr_t)i),
			  "a thread");
	for (unsigned i = 0; i < turns.threads; i++)
		must_be_0(pthread_join(thread[i], NULL), "pthread_join");
	tell();
}
