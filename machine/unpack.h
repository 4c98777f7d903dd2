/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_UNPACK_H
#define MACHINE_UNPACK_H

/* Unpacks the file of a kernel, or says why it cannot run. */
#include <stddef.h>
#include <stdint.h>

#define UNPACK_WHY 128u /* bytes of a reason, with its NUL */

/* What unpack_kernel() accepts, for messages. */
#define UNPACK_EXPECTED \
	"a kernel: an arm64 Image, gzip of one, an EFI zboot image of one (gzip or zstd), an ELF for AArch64 or a raw binary"

/*
 * Returns 0 if the file can run: *out is then a new buffer of at most `limit` bytes, which the
 * caller frees, or NULL if the file is not packed. Returns -1 if the file cannot run: `why` is then
 * the reason, as a phrase that follows the file's name.
 *
 * gzip may hold anything that runs without being unpacked again. An EFI zboot image must hold an
 * arm64 Image.
 */
int unpack_kernel(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out, size_t *out_size,
		  char why[UNPACK_WHY]);

#endif
