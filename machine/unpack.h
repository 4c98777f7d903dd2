/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_UNPACK_H
#define MACHINE_UNPACK_H

/* The file of a kernel: what of it can run, unpacked; and what is wrong with any other. */
#include <stddef.h>
#include <stdint.h>

#define UNPACK_WHY 128u /* bytes of a reason, with its NUL */

/* What can run, for messages. */
#define UNPACK_EXPECTED                                                                     \
	"a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), " \
	"an ELF for AArch64 or a raw binary"

/*
 * Returns 0 and sets *out to a new buffer, which the caller frees, of at most `limit` bytes; or to
 * NULL, where the file is not packed. Returns -1 where it cannot run: `why` is the reason, as a
 * phrase that begins behind the file's name.
 *
 * gzip may hold anything that runs without being unpacked again; an EFI zboot image holds an arm64
 * Image.
 */
int unpack_kernel(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out, size_t *out_size,
		  char why[UNPACK_WHY]);

#endif
