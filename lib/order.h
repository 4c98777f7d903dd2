/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_ORDER_H
#define PVTIME_ORDER_H

/* Byte order: the structure is little-endian, on a CPU of either byte order. */
#include <pvtime/types.h>

static inline uint64_t le64(uint64_t x)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(x) : x;
}

static inline uint32_t le32(uint32_t x)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap32(x) : x;
}

#endif
