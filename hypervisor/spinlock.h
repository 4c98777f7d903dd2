/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SPINLOCK_H
#define SPINLOCK_H

#include <stdint.h>

/*
 * A ticket lock: first come, first served, so that no CPU starves. Interrupts are always masked at
 * EL2, so a holder is never interrupted.
 *
 * Order, outermost first: vm.lock, pl011.lock, vgic.lock, the scheduler's lock; and report.c's
 * lock, the scheduler's lock, link.c's lock. No lock is held while a
 * guest runs.
 */
struct spinlock {
	uint32_t next;
	uint32_t owner;
};

static inline void spin_lock(struct spinlock *l)
{
	uint32_t ticket = __atomic_fetch_add(&l->next, 1u, __ATOMIC_RELAXED);

	while (__atomic_load_n(&l->owner, __ATOMIC_ACQUIRE) != ticket)
		;
}

static inline void spin_unlock(struct spinlock *l)
{
	__atomic_store_n(&l->owner, l->owner + 1u, __ATOMIC_RELEASE);
}

#endif
