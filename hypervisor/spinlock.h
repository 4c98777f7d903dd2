/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SPINLOCK_H
#define SPINLOCK_H

#include <stdint.h>

/*
 * Test and set. Not tickets: they hand the lock to one CPU, and where that one does not run (QEMU's
 * CPUs are threads, of a host that may have fewer) everybody waits for it. Sections are short, and
 * interrupts are masked at EL2, so that a holder is never interrupted.
 *
 * Order, outermost first: vm.lock, vuart.lock, vgic.lock, the scheduler's lock; and records.c's
 * lock, the scheduler's lock, link.c's lock. No lock is held while a
 * guest runs.
 */
struct spinlock {
	uint32_t held;
};

/*
 * While another CPU has what this one waits for. Where CPUs take turns, as QEMU's do when it counts
 * instructions, YIELD ends the turn: without it, the holder may never get another.
 */
static inline void spin_wait(void)
{
#ifdef __aarch64__
	__asm__ volatile("yield" : : : "memory");
#endif
}

static inline void spin_lock(struct spinlock *l)
{
	while (__atomic_exchange_n(&l->held, 1u, __ATOMIC_ACQUIRE)) {
		while (__atomic_load_n(&l->held, __ATOMIC_RELAXED))
			spin_wait();
	}
}

static inline void spin_unlock(struct spinlock *l)
{
	__atomic_store_n(&l->held, 0u, __ATOMIC_RELEASE);
}

#endif
