/* SPDX-License-Identifier: BSD-2-Clause */
#include "gaps.h"
#include "guest/board.h"
#include "suite.h"

#define SLACK_TRAPS 16u
#define BATCHES	    31u /* odd, for the median: the CPU may be taken away in some */
#define BATCH	    8u

#define GICD_TYPER 4u

void gaps_trap(void)
{
	mmio_read32(board.gicd.base + GICD_TYPER);
}

static uint64_t trap_ticks(void)
{
	uint64_t begin = counter_virtual();

	for (unsigned i = 0; i < BATCH; i++)
		gaps_trap();
	return counter_virtual() - begin;
}

uint64_t gaps_slack_ns(void)
{
	uint64_t sorted[BATCHES];

	for (unsigned n = 0; n < BATCHES; n++) {
		uint64_t ticks = trap_ticks();
		unsigned i = n;

		for (; i > 0 && sorted[i - 1] > ticks; i--)
			sorted[i] = sorted[i - 1];
		sorted[i] = ticks;
	}
	return ns_of(sorted[BATCHES / 2] * SLACK_TRAPS) / BATCH;
}
