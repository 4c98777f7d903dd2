/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels in gzip: sound, cut off, damaged, and bombs. */
#include "machine/gunzip.h"
#include "tests/tap.h"
#include "tests/unit/machine/pack.h"
#include <errno.h>

#define PLAIN (3u << 20) /* more than the unpacker's first buffer */

static uint8_t plain[PLAIN];

int main(void)
{
	uint8_t *packed = malloc(PLAIN * 2), *out = NULL;
	size_t size, out_size = 0;

	for (size_t i = 0; i < PLAIN; i++)
		plain[i] = (uint8_t)(i * i >> 7);
	size = pack_gzip(plain, PLAIN, packed, PLAIN * 2);

	tap_ok(gunzip_is_gzip(packed, size), "gzip data is recognised");
	tap_ok(!gunzip_is_gzip(packed, 1) && !gunzip_is_gzip(plain, PLAIN),
	       "plain data and a single byte are not recognised as gzip");
	tap_is_i64(gunzip(packed, size, PLAIN, &out, &out_size), 0,
		   "data that just fits the limit is unpacked");
	tap_is_u64(out_size, PLAIN, "unpacked data has its original size");
	tap_ok(memcmp(out, plain, PLAIN) == 0, "unpacked data has its original bytes");
	free(out);
	tap_is_i64(gunzip(packed, size, PLAIN - 1, &out, &out_size), -EFBIG,
		   "data of one byte more than the limit is refused");
	for (size_t cut = 1; cut < size; cut = cut * 3 + 1)
		tap_is_i64(gunzip(packed, size - cut, PLAIN, &out, &out_size), -EINVAL,
			   "data with %zu bytes missing at the end is refused", cut);
	tap_is_i64(gunzip(packed, 2, PLAIN, &out, &out_size), -EINVAL,
		   "a header that is cut off is refused");
	packed[size] = 0xff;
	tap_is_i64(gunzip(packed, size + 1, PLAIN, &out, &out_size), 0,
		   "data with a byte behind its end is unpacked");
	free(out);
	packed[size / 2] ^= 0x10;
	tap_is_i64(gunzip(packed, size, PLAIN, &out, &out_size), -EINVAL,
		   "data with one bit wrong is refused");
	size = pack_gzip(plain, 0, packed, PLAIN);
	tap_is_i64(gunzip(packed, size, PLAIN, &out, &out_size), 0,
		   "an empty file that was packed is unpacked");
	tap_is_u64(out_size, 0, "an empty file that was packed is empty");
	free(out);
	free(packed);
	return tap_done();
}
