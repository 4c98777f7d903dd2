/* SPDX-License-Identifier: BSD-2-Clause */
#include "contention.h"
#include "suite.h"

#define PROBE_MS 220u /* more than twice the longest timeslice known to us */
#define CHUNK_MS 20u
#define END_MS	 10000u
#define MOST_MS	 1000u
#define TURNS	 4u

static enum {
	UNKNOWN,
	NONE,
	OUTSIDE,
	SIBLINGS,
} competitor;

static struct gaps seen; /* by the last probe() */
static bool stop;

static void spin(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		gaps_pass();
}

static void load_begin(void)
{
	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_begin(i, spin, NULL);
}

static void load_end(void)
{
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_end(i, END_MS);
}

/*
 * Probes in chunks of CHUNK_MS: rare long gaps count as well as many short ones, and the probe ends
 * soon where something competes.
 */
static bool probe(void)
{
	seen = (struct gaps){0};
	while (seen.elapsed_ns < PROBE_MS * 1000000ull) {
		struct gaps g;

		gaps_watch(&g, ticks_of_us(CHUNK_MS * 1000), 0, NULL);
		gaps_add(&seen, &g);
		if (gaps_competed(&g))
			return true;
	}
	return false;
}

static void find_out(void)
{
	if (competitor != UNKNOWN)
		return;
	competitor = probe() ? OUTSIDE : NONE;
	if (competitor == OUTSIDE || cpu_count() == 1)
		return;
	load_begin();
	if (probe())
		competitor = SIBLINGS;
	load_end();
}

bool contention_begin(void)
{
	find_out();
	if (competitor == SIBLINGS)
		load_begin();
	else if (competitor == NONE)
		contention_seen(&seen);
	return competitor != NONE;
}

void contention_end(void)
{
	if (competitor == SIBLINGS)
		load_end();
}

bool contention_outside(void)
{
	find_out();
	return competitor == OUTSIDE;
}

uint64_t contention_worst_ns(void)
{
	find_out();
	if (competitor == NONE)
		return 0;
	/* While others run for that long, each other vCPU of this VM may do so too. */
	return competitor == OUTSIDE ? seen.longest_ns * cpu_count() : seen.longest_ns;
}

uint64_t contention_ticks(unsigned ms)
{
	uint64_t us = 1000ull * ms, turns;

	find_out();
	turns = seen.longest_ns / 1000 * TURNS;
	if (turns > MOST_MS * 1000ull)
		turns = MOST_MS * 1000ull;
	return ticks_of_us(turns > us ? turns : us);
}

bool contention_seen(const struct gaps *g)
{
	if (gaps_competed(g))
		return true;
	skip("nothing competed for the CPU: %lu us of gaps in %lu ms", g->gap_ns / 1000,
	     g->elapsed_ns / 1000000);
	return false;
}

void spin_us(uint64_t us)
{
	uint64_t end = counter_virtual() + ticks_of_us(us);

	do {
		gaps_pass();
	} while (counter_virtual() < end);
}

uint64_t random_below(uint64_t limit)
{
	static uint64_t state;

	if (!state)
		state = suite.seed | 1;
	/* xorshift64*, which is full-period from any state but 0. */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dull >> 32) % limit;
}
