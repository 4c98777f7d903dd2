/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_MACHINE_PACK_H
#define TESTS_UNIT_MACHINE_PACK_H

/* Kernels as distributions pack them, for the tests of the unpackers. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static inline void pack_le32(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static inline size_t pack_gzip(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
	z_stream z = {.next_in = (z_const Bytef *)data, .avail_in = (uInt)size};

	z.next_out = out;
	z.avail_out = (uInt)room;
	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	return room - z.avail_out;
}

/* With a checksum, as the command zstd adds it. */
static inline size_t pack_zstd(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t result;

	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	result = ZSTD_compress2(c, out, room, data, size);
	ZSTD_freeCCtx(c);
	if (ZSTD_isError(result))
		abort();
	return result;
}

/* The smallest arm64 Image: a branch to itself, with the header's magic. */
static inline void pack_image(uint8_t *image, size_t size)
{
	memset(image, 0, size);
	pack_le32(image, 0x14000000);
	memcpy(image + 56, "ARM\x64", 4);
}

#define PACK_PE	     64u  /* the offset of the PE header in pack_zboot()'s image */
#define PACK_PAYLOAD 512u /* the offset of its payload */

/*
 * An EFI zboot image for arm64, as Linux makes it, whose header names `packing`. Four bytes follow
 * the payload, where Linux has its unpacked size. Returns the size of the image.
 */
static inline size_t pack_zboot(const char *packing, const uint8_t *payload, uint32_t size,
				uint8_t *out)
{
	memset(out, 0, PACK_PAYLOAD);
	memcpy(out, "MZ\0\0zimg", 8);
	pack_le32(out + 8, PACK_PAYLOAD);
	pack_le32(out + 12, size);
	strcpy((char *)out + 24, packing);
	memcpy(out + 56, "\xcd\x23\x82\x81", 4);
	pack_le32(out + 60, PACK_PE);
	memcpy(out + PACK_PE, "PE\0\0\x64\xaa", 6);
	memcpy(out + PACK_PAYLOAD, payload, size);
	memset(out + PACK_PAYLOAD + size, 0x5a, 4);
	return PACK_PAYLOAD + size + 4;
}

#endif
