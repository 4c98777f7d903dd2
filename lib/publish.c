/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The structure that the guest reads. The page is output only: the total is in the ledger, and the
 * library never reads memory that a guest may have written. So each publish also repairs a
 * counter that a guest has changed.
 *
 * Memory model of the one store. An aligned 64-bit store of a general-purpose register is
 * single-copy atomic (DDI 0487, B2.2.1), so no reader ever sees half of it. All CPUs see the stores
 * to one location in one coherence order. That order is the order of the publishes, because the
 * caller's lock on the vCPU serialises them, even when the vCPU moves between CPUs. So a reader's
 * values never go backwards. A relaxed store is enough: the counter announces no other data that a
 * reader could then miss, and the rest of the structure is constant from before the guest learns
 * the address. The vCPU itself reads what was stored before it was scheduled in, because the store
 * comes earlier in program order on the CPU that runs it. All of this requires both mappings to be
 * Normal write-back inner shareable.
 */
#include "internal.h"

/*
 * Store the READY total, as it was last charged, in ns. The value needs no check to never decrease
 * charge() only adds to the total, and the conversion is monotonic. Two functions set the
 * total to another value, and then store it: a reset sets it to 0, as R-23 requires, and a restore
 * to the saved one, which belongs to the memory that the guest gets back. always_inline, because
 * -Os would make this a call on the scheduler's hot path.
 */
__attribute__((always_inline)) static inline bool store_total(struct pvtime_vcpu *v)
{
	uint64_t *counter = v->counter;

	if (!counter)
		return false;
	uint64_t ns = ns_of_ticks(v->ticks[PVTIME_READY], v->rate);
	v->published_ns = ns;
	__atomic_store_n(counter, le64(ns), __ATOMIC_RELAXED);
	return true;
}

bool pvtime_publish(struct pvtime_vcpu *v, uint64_t now)
{
	/* Charge even without a page: a clock that goes back later must not take this time back. */
	charge(v, (enum pvtime_state)v->state, now);
	return store_total(v);
}

bool pvtime_switch_in(struct pvtime_vcpu *v, uint64_t now)
{
	charge(v, PVTIME_RUNNING, now);
	return store_total(v);
}

void pvtime_page_init(struct pvtime_vcpu *v)
{
	struct pvtime_stolen *page;

	if (!v->counter)
		return;
	page = (void *)((char *)v->counter - offsetof(struct pvtime_stolen, stolen_ns));
	/*
	 * volatile keeps the compiler from making the loop a call of memset, which the library does
	 * not have.
	 */
	for (volatile uint8_t *p = page->reserved; p < page->reserved + sizeof(page->reserved); p++)
		*p = 0;
	__atomic_store_n(&page->revision, le32(PVTIME_REVISION), __ATOMIC_RELAXED);
	__atomic_store_n(&page->attributes, le32(PVTIME_ATTRIBUTES), __ATOMIC_RELAXED);
	store_total(v);
}

void pvtime_map(struct pvtime_vcpu *v, struct pvtime_stolen *page)
{
	v->counter = page && v->dialect != PVTIME_DIALECT_OFF ? &page->stolen_ns : NULL;
	pvtime_page_init(v);
}
