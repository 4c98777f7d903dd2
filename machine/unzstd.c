/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/unzstd.h"
#include <errno.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

static int error_of(size_t result)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_dstSize_tooSmall:
		return -EFBIG;
	case ZSTD_error_memory_allocation:
		return -ENOMEM;
	default:
		return -EINVAL;
	}
}

int unzstd(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out, size_t *out_size)
{
	/*
	 * The size in a frame's header may be wrong or missing. A buffer of the largest allowed
	 * size does not need it, and takes no memory where nothing is written to it.
	 */
	uint8_t *buffer = malloc(limit + 1);
	uint8_t *fitting;
	size_t result;

	if (buffer == NULL)
		return -ENOMEM;
	result = ZSTD_decompress(buffer, limit, bytes, size);
	if (size == 0 || ZSTD_isError(result)) {
		free(buffer);
		return size == 0 ? -EINVAL : error_of(result);
	}
	fitting = realloc(buffer, result + 1);
	*out = fitting != NULL ? fitting : buffer;
	*out_size = result;
	return 0;
}
