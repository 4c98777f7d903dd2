/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the guest sees. The page is output only: the total lives in the ledger, and nothing is ever
 * read back from memory that a guest may have written. So each publish also mends it.
 *
 * Memory model of the one store. An aligned 64-bit store of a general-purpose register is
 * single-copy atomic (DDI 0487, B2.2.1), so no reader ever sees half of it, and all stores to one
 * location are seen by everyone in one coherence order. That order is the order of the publishes:
 * they follow each other under the lock that holds the vCPU still, even when it moves between CPUs.
 * Hence a reader's values never go backwards. Nothing stronger than relaxed is needed: the counter
 * announces no other data that a reader could then find missing; the rest of the structure is
 * constant from before the guest learns the address. The vCPU itself reads what was stored before
 * it was scheduled in because the store comes earlier in program order on the CPU that runs it. All
 * of this needs both mappings to be Normal write-back inner shareable.
 */
#include "internal.h"

/*
 * Never less than before, without looking: a vCPU's READY total only grows, the total to be
 * published is charged first, and the conversion is monotonic. Inline by force, as -Os
 * would make it a branch on the scheduler's hot path.
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
	/* Charged even if there is no page: a clock that goes back later must not take this back.
	 */
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
	/* Volatile, or the compiler makes the loop a call of memset, which is not ours to have. */
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
