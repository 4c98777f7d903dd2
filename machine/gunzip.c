/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/gunzip.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define FIRST_BUFFER ((size_t)1 << 20)
#define GZIP_ONLY    (15 + 16) /* zlib's window bits: a gzip header, whose CRC is checked */

bool gunzip_is_gzip(const uint8_t *bytes, size_t size)
{
	return size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

static size_t at_most_uint(size_t size)
{
	return size < UINT_MAX ? size : UINT_MAX;
}

/*
 * Inflate all of `z` into *out, which grows to at most limit + 1 bytes: the one more shows that the
 * limit is exceeded.
 */
static int inflate_all(z_stream *z, size_t size, size_t limit, uint8_t **out, size_t *used)
{
	const uint8_t *input = z->next_in;
	size_t room = 0;

	for (;;) {
		size_t in_left = size - (size_t)(z->next_in - input);
		int result;

		if (*used == room) {
			uint8_t *more;

			room = room == 0 ? FIRST_BUFFER : room * 2;
			room = room < limit + 1 ? room : limit + 1;
			more = realloc(*out, room);
			if (more == NULL)
				return -ENOMEM;
			*out = more;
		}
		z->avail_in = (uInt)at_most_uint(in_left);
		z->next_out = *out + *used;
		z->avail_out = (uInt)at_most_uint(room - *used);
		result = inflate(z, Z_NO_FLUSH);
		*used = (size_t)(z->next_out - *out);
		if (*used > limit)
			return -EFBIG;
		if (result == Z_STREAM_END)
			return 0;
		if (result != Z_OK)
			return result == Z_MEM_ERROR ? -ENOMEM : -EINVAL;
	}
}

int gunzip(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out, size_t *out_size)
{
	z_stream z = {.next_in = (z_const Bytef *)bytes};
	uint8_t *buffer = NULL;
	size_t used = 0;
	int error;

	if (inflateInit2(&z, GZIP_ONLY) != Z_OK)
		return -ENOMEM;
	error = inflate_all(&z, size, limit, &buffer, &used);
	inflateEnd(&z);
	if (error != 0) {
		free(buffer);
		return error;
	}
	*out = buffer;
	*out_size = used;
	return 0;
}
