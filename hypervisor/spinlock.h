/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SPINLOCK_H
#define SPINLOCK_H

#include <stdint.h>

/*
 * Test and set. A ticket lock would hand the lock to one CPU, and if that CPU does not run, all
 * others wait for it: QEMU's CPUs are threads of a host that may have fewer CPUs. Sections are
 * short. Interrupts are masked at EL2, so nothing interrupts the holder.
 *
 * The order of all locks, outermost first: vm.lock, vuart.lock, vgic.lock, records.c's lock,
 * sched.lock, link.c's lock. hypervisor/README.md says which are held together. No lock is held
 * while a guest runs.
 */
struct spinlock {
	uint32_t held;
};

/*
 * Called in each loop that waits for another CPU. If CPUs take turns, as QEMU's do when it counts
 * instructions, YIELD ends the turn. Without it, the other CPU may never get one.
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
