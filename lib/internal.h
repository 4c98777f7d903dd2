/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_INTERNAL_H
#define PVTIME_INTERNAL_H

/*
 * Inline functions that the files of the ledger share. Inline, so that the scheduler's hot path
 * takes one call; shared, so that each rule is implemented once.
 */
#include <pvtime/ledger.h>
#include "store.h"

#define NS_PER_S 1000000000u

static inline struct pvtime_rate rate_of(uint32_t freq)
{
	return (struct pvtime_rate){
		.whole = NS_PER_S / freq, .rest = NS_PER_S % freq, .freq = freq};
}

/*
 * floor(ticks * 10^9 / freq), exactly, but without the 94-bit product. 10^9 = whole * freq +
 * rest, computed once for a vCPU, and ticks = q * freq + r. Then the result is
 *
 *	ticks * whole + floor(ticks * rest / freq)
 *	= ticks * whole + q * rest + floor(r * rest / freq)
 *
 * because all terms but the last are integers. If a tick is a whole number of nanoseconds, rest is
 * 0 and no division is left. Nothing overflows: r and rest are less than freq < 2^32, and no term
 * exceeds the result, whose 2^64 ns hold 584 years at any frequency.
 */
__attribute__((__always_inline__)) static inline uint64_t ns_of_ticks(uint64_t ticks,
								      struct pvtime_rate rate)
{
	uint64_t ns = ticks * rate.whole;

	if (__builtin_expect(rate.rest != 0, false)) {
		uint64_t q = ticks / rate.freq, r = ticks % rate.freq;

		ns += q * rate.rest + r * rate.rest / rate.freq;
	}
	return ns;
}

/* ledger.c: set all totals of the ledger to 0 at `now`; the state is OFF. */
void pvtime_start(struct pvtime_vcpu *v, uint64_t now);

#endif
