/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ticks to nanoseconds, for callers of the library; the library itself uses the inline functions.
 */
#include "internal.h"

uint64_t pvtime_ticks_to_ns(uint64_t ticks, uint32_t freq_hz)
{
	return ns_of_ticks(ticks, rate_of(freq_hz));
}
