/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels in zstd: sound, cut off, damaged, bombs, and with wrong sizes in the header. */
#include "machine/unzstd.h"
#include "tests/tap.h"
#include "tests/unit/machine/pack.h"
#include <errno.h>

#define PLAIN (3u << 20)
#define ROOM  (PLAIN * 2)

static uint8_t plain[PLAIN];

/* A frame whose header does not have the size, as its packer did not know it. */
static size_t stream_frame(uint8_t *packed)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_inBuffer in = {plain, PLAIN, 0};
	ZSTD_outBuffer out = {packed, ROOM, 0};

	while (in.pos < in.size)
		ZSTD_compressStream2(c, &out, &in, ZSTD_e_continue);
	if (ZSTD_compressStream2(c, &out, &in, ZSTD_e_end) != 0)
		abort();
	ZSTD_freeCCtx(c);
	return out.pos;
}

static void test_sound(uint8_t *packed, size_t size)
{
	uint8_t *out = NULL;
	size_t out_size = 0;

	tap_is_i64(unzstd(packed, size, PLAIN, &out, &out_size), 0,
		   "a frame within the limit is unpacked");
	tap_is_u64(out_size, PLAIN, "a frame unpacks to its size");
	tap_ok(memcmp(out, plain, PLAIN) == 0, "a frame unpacks to its bytes");
	free(out);
	tap_is_i64(unzstd(packed, size, PLAIN - 1, &out, &out_size), -EFBIG,
		   "a frame of one byte more than the limit is refused");

	size = stream_frame(packed);
	tap_is_i64(unzstd(packed, size, PLAIN, &out, &out_size), 0,
		   "a frame that does not say its size is unpacked");
	tap_ok(out_size == PLAIN && memcmp(out, plain, PLAIN) == 0,
	       "a frame that does not say its size unpacks to its bytes");
	free(out);
	tap_is_i64(unzstd(packed, size, PLAIN - 1, &out, &out_size), -EFBIG,
		   "a frame that exceeds the limit without saying so is refused");
	memcpy(packed + size, packed, size);
	tap_is_i64(unzstd(packed, size * 2, PLAIN * 2, &out, &out_size), 0,
		   "two frames are unpacked");
	tap_is_u64(out_size, PLAIN * 2, "two frames are one kernel");
	free(out);
}

static void test_damaged(uint8_t *packed, size_t size)
{
	uint8_t *out = NULL;
	size_t out_size = 0, at;

	for (size_t cut = 1; cut <= size; cut = cut < size && cut * 3 > size ? size : cut * 3)
		tap_is_i64(unzstd(packed, size - cut, PLAIN, &out, &out_size), -EINVAL,
			   "a frame without its last %zu bytes of %zu is refused", cut, size);
	packed[size] = 0xff;
	tap_is_i64(unzstd(packed, size + 1, PLAIN, &out, &out_size), -EINVAL,
		   "a byte behind the frame is refused");
	packed[size / 2] ^= 0x10;
	tap_is_i64(unzstd(packed, size, PLAIN, &out, &out_size), -EINVAL,
		   "a frame with one bit wrong is refused");
	packed[size / 2] ^= 0x10;

	/*
	 * The size follows the magic, a byte of flags and, unless the flags say otherwise, a byte
	 * for the window.
	 */
	tap_is_u64(packed[4] & 0xc0, 0x80, "the frame's header has a size of 4 bytes");
	at = (packed[4] & 0x20) != 0 ? 5 : 6;
	pack_le32(packed + at, PLAIN / 2);
	tap_is_i64(unzstd(packed, size, PLAIN, &out, &out_size), -EINVAL,
		   "a header that says half of the size is refused");
	pack_le32(packed + at, PLAIN + 1);
	tap_is_i64(unzstd(packed, size, PLAIN * 2, &out, &out_size), -EINVAL,
		   "a header that says one byte more than the frame holds is refused");
	pack_le32(packed + at, UINT32_MAX);
	tap_ok(unzstd(packed, size, PLAIN, &out, &out_size) < 0,
	       "a header that says 4 GiB is refused");
}

int main(void)
{
	uint8_t *packed = malloc(ROOM), *out = NULL;
	size_t size, out_size = 1;

	for (size_t i = 0; i < PLAIN; i++)
		plain[i] = (uint8_t)(i * i >> 7);
	size = pack_zstd(plain, PLAIN, packed, ROOM);
	test_damaged(packed, size);
	size = pack_zstd(plain, PLAIN, packed, ROOM);
	test_sound(packed, size);
	size = pack_zstd(plain, 0, packed, ROOM);
	tap_is_i64(unzstd(packed, size, PLAIN, &out, &out_size), 0, "an empty frame is unpacked");
	tap_is_u64(out_size, 0, "an empty frame unpacks to nothing");
	free(out);
	free(packed);
	return tap_done();
}
