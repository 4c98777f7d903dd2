/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_CONVERT_H
#define PVTIME_CONVERT_H

#include <pvtime/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Convert counter ticks to nanoseconds: exactly floor(ticks * 10^9 / freq_hz).
 *
 * freq_hz: CNTFRQ in Hz, 1 to 2^32-1; it must not be 0. ticks: a count of less than 584 years (2^64
 * ns) at that frequency; beyond that the result wraps. The result is monotonic in ticks. The
 * function has no state: any context may call it.
 */
uint64_t pvtime_ticks_to_ns(uint64_t ticks, uint32_t freq_hz);

#ifdef __cplusplus
}
#endif

#endif
