/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The structure that the guest reads. The page is output only: the total is in the view, and the
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
#include "store.h"

int pvtime_view_init(struct pvtime_view *view, enum pvtime_dialect dialect)
{
	bool known = dialect == PVTIME_DIALECT_OFF || dialect == PVTIME_DIALECT_1_0 ||
		     dialect == PVTIME_DIALECT_BETA2;

	view->ipa = PVTIME_IPA_NONE;
	view->counter = NULL;
	view->shown_ns = 0;
	view->dialect = (uint8_t)(known ? dialect : PVTIME_DIALECT_OFF);
	return known ? PVTIME_OK : PVTIME_EINVAL;
}

int pvtime_set_ipa(struct pvtime_view *view, uint64_t ipa)
{
	if (view->dialect == PVTIME_DIALECT_OFF)
		return PVTIME_ENXIO;
	if (ipa % PVTIME_STRUCT_ALIGN || (int64_t)ipa < 0)
		return PVTIME_EINVAL;
	if (view->ipa != PVTIME_IPA_NONE)
		return PVTIME_EEXIST;
	*(volatile uint64_t *)&view->ipa = ipa; /* the calls may read it meanwhile */
	return PVTIME_OK;
}

/* Write the whole structure, with the total that was last stored. */
static void write_structure(struct pvtime_view *view)
{
	struct pvtime_stolen *page;

	if (!view->counter)
		return;
	page = (void *)((char *)view->counter -
			__builtin_offsetof(struct pvtime_stolen, stolen_ns));
	/*
	 * volatile keeps the compiler from making the loop a call of memset, which the library does
	 * not have.
	 */
	for (volatile uint8_t *p = page->reserved; p < page->reserved + sizeof(page->reserved); p++)
		*p = 0;
	__atomic_store_n(&page->revision, le32(PVTIME_REVISION), __ATOMIC_RELAXED);
	__atomic_store_n(&page->attributes, le32(PVTIME_ATTRIBUTES), __ATOMIC_RELAXED);
	store_total(view, view->shown_ns);
}

void pvtime_map(struct pvtime_view *view, struct pvtime_stolen *page)
{
	view->counter = page && view->dialect != PVTIME_DIALECT_OFF ? &page->stolen_ns : NULL;
	write_structure(view);
}

bool pvtime_show(struct pvtime_view *view, uint64_t total_ns)
{
	if (!view->counter)
		return false;
	store_total(view, total_ns < view->shown_ns ? view->shown_ns : total_ns);
	return true;
}

void pvtime_restart(struct pvtime_view *view, uint64_t total_ns)
{
	*(volatile uint64_t *)&view->shown_ns = total_ns;
	write_structure(view);
}
