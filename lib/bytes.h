/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_BYTES_H
#define PVTIME_BYTES_H

/* Numbers at any address, and CRC, for the snapshots of this library and of libpvtime-kvm. */
#include <pvtime/types.h>

/* Store and load a little-endian number of 1 to 8 bytes, at any address. */
static inline void put_le(uint8_t *p, unsigned int bytes, uint64_t x)
{
	for (; bytes; bytes--, x >>= 8)
		*p++ = (uint8_t)x;
}

static inline uint64_t get_le(const uint8_t *p, unsigned int bytes)
{
	uint64_t x = 0;

	while (bytes--)
		x = x << 8 | p[bytes];
	return x;
}

/* CRC-32 of IEEE 802.3. */
static inline uint32_t pvtime_crc32(const uint8_t *p, size_t n)
{
	uint32_t crc = ~(uint32_t)0;

	while (n--) {
		crc ^= *p++;
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
	}
	return ~crc;
}

#endif
