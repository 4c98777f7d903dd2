/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BOOKS_H
#define BOOKS_H

/*
 * Where a physical CPU's time has gone since the lab was made, in ticks: to vCPUs, to nobody while
 * it waited in WFI, and the rest to the hypervisor itself.
 *
 * A CPU's time is a vCPU's from the same `now` on that sets the vCPU RUNNING, and no longer from
 * the `now` that ends it: so what the books of all CPUs have for vCPUs is what the ledgers of all
 * vCPUs have as RUNNING, in all their lives.
 */
#include "types.h"

struct books {
	uint64_t begun;
	/* To vCPUs; while one runs, without what has passed since 0. With the scheduler's lock. */
	uint64_t given;
	bool gives;
	/*
	 * Twice what it was idle; while it is, without what has passed since 0, and odd. One word:
	 * its CPU writes it without a lock.
	 */
	uint64_t idle;
};

/* From `now` on a vCPU runs, where none did; or none, where one did. */
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

/* Up to now, which was read after the books were. */
static inline uint64_t books_given(const struct books *b, uint64_t now)
{
	return b->given + (b->gives ? now : 0);
}

static inline uint64_t books_idle(const struct books *b, uint64_t now)
{
	return (b->idle & 1 ? b->idle - 1 + 2 * now : b->idle) / 2;
}

#endif
