/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BOOKS_H
#define BOOKS_H

/*
 * Where a physical CPU's time has gone since the lab was made, in ticks: to vCPUs, to idling in
 * WFI, and the rest to the hypervisor itself.
 *
 * A CPU's time is a vCPU's from the `now` that sets the vCPU RUNNING to the `now` that ends it. So
 * the time that the books of all CPUs give to vCPUs equals the time that the ledgers of all vCPUs,
 * over all their lives, have as RUNNING.
 */
#include "types.h"

struct books {
	uint64_t begun;
	/*
	 * Ticks given to vCPUs; while one runs, minus the tick at which it began. Guarded by the
	 * scheduler's lock.
	 */
	uint64_t given;
	bool gives;
	/*
	 * Twice the idle ticks; while the CPU idles, odd, and minus twice the tick at which that
	 * began. One word: its CPU writes it without a lock.
	 */
	uint64_t idle;
};

/* At `now` this CPU begins to run vCPUs, or it stops and has no vCPU to run. */
static inline void books_turn(struct books *b, uint64_t now)
{
	b->given += b->gives ? now : -now;
	b->gives = !b->gives;
}

static inline void books_idle_begin(struct books *b, uint64_t now)
{
	__atomic_store_n(&b->idle, b->idle - 2 * now + 1, __ATOMIC_RELAXED);
}

static inline void books_idle_end(struct books *b, uint64_t now)
{
	__atomic_store_n(&b->idle, b->idle + 2 * now - 1, __ATOMIC_RELAXED);
}

/* Up to `now`, which must be read after the books. */
static inline uint64_t books_given(const struct books *b, uint64_t now)
{
	return b->given + (b->gives ? now : 0);
}

static inline uint64_t books_idle(const struct books *b, uint64_t now)
{
	return (b->idle & 1 ? b->idle - 1 + 2 * now : b->idle) / 2;
}

#endif
