/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_STORE_H
#define PVTIME_STORE_H

/* The one store, which what the guest sees and the ledger share. */
#include <pvtime/view.h>
#include "order.h"

/*
 * Store a total in the structure, which is mapped. always_inline, because -Os would make this a
 * call on the scheduler's hot path. The volatile store is one instruction, as the atomic one is:
 * pvtime_get_stolen_ns() needs no lock.
 */
__attribute__((__always_inline__)) static inline void store_total(struct pvtime_view *view,
								  uint64_t total_ns)
{
	uint64_t *counter = view->counter;

	*(volatile uint64_t *)&view->shown_ns = total_ns;
	__atomic_store_n(counter, le64(total_ns), __ATOMIC_RELAXED);
}

#endif
