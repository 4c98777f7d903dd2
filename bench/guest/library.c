/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library's functions, called as a hypervisor and a guest call them. The figure is the call
 * from `bl` to its return, both included, without the loop around it. The hypervisor's side is
 * linked from the hypervisor's own object files.
 */
#include <pvtime/ledger.h>
#include "guest/pvtime.h"
#include "guest/timer.h"
#include "paths.h"

#define VCPUS		    1000u
#define SWITCH_IN_PER_ROUND 5u /* instructions of the loops in loops.S, without the call */
#define STOLEN_NS_PER_ROUND 3u

static struct pvtime_vcpu vcpus[VCPUS];
static struct pvtime_stolen pages[VCPUS];

/* All vCPUs have waited for `before` ticks, and are READY again since `ready`. */
static void make_ready(uint64_t n, uint64_t before, uint64_t ready)
{
	for (uint64_t i = 0; i < n; i++) {
		pvtime_vcpu_init(&vcpus[i], PVTIME_DIALECT_1_0, timer_frequency(), 0);
		pvtime_map(&vcpus[i].view, &pages[i]);
		pvtime_account(&vcpus[i], PVTIME_READY, 0);
		pvtime_account(&vcpus[i], PVTIME_RUNNING, before);
		pvtime_account(&vcpus[i], PVTIME_READY, ready);
	}
}

/* Each vCPU has waited for hours earlier and for some milliseconds now, and is switched in once. */
void path_publish(struct series *series)
{
	uint64_t hour = 3600ull * timer_frequency(), all, now;

	series->n = series->n < VCPUS ? series->n : VCPUS;
	while (series->count < series->batches) {
		make_ready(series->n, hour + series->count, 2 * hour);
		now = 2 * hour + timer_ticks(4) + series->count;
		all = measure_loop(loop_switch_in, series->n, (uint64_t)(uintptr_t)vcpus, now,
				   sizeof vcpus[0]);
		series_add(series, (int64_t)(all - SWITCH_IN_PER_ROUND * series->n));
	}
	series_print(series);
}

/*
 * In C, because the reading function is inline. The loop's prologue and epilogue differ from those
 * in loops.S, but are the same for any n, so the caller measures two n and subtracts.
 */
static void loop_stolen_read(uint64_t n, uint64_t page, uint64_t b, uint64_t c)
{
	const struct pvtime_stolen *stolen = (const void *)(uintptr_t)page;

	(void)b, (void)c;
	do
		__asm__ volatile("" : : "r"(pvtime_stolen_read(stolen)));
	while (--n);
}

void path_guest_read(struct series *series)
{
	uint64_t n = series->n;

	if (!pvtime_ipa()) {
		series_skip(series, "there is no stolen time");
		return;
	}
	while (series->count < series->batches)
		series_add(series,
			   (int64_t)(measure_loop(loop_stolen_read, 2 * n, pvtime_ipa(), 0, 0) -
				     measure_loop(loop_stolen_read, n, pvtime_ipa(), 0, 0)));
	series_print(series);
}

/* The call that handles a CPU that may be offline and a hypervisor that may restart at 0. */
void path_guest_stolen(struct series *series)
{
	uint64_t all;

	if (!pvtime_ipa()) {
		series_skip(series, "there is no stolen time");
		return;
	}
	while (series->count < series->batches) {
		all = measure_loop(loop_stolen_ns, series->n, (uint64_t)(uintptr_t)pvtime_cpu(), 0,
				   0);
		series_add(series, (int64_t)(all - STOLEN_NS_PER_ROUND * series->n));
	}
	series_print(series);
}
