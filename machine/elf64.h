/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_ELF64_H
#define MACHINE_ELF64_H

/*
 * Reads an ELF64 kernel for AArch64, for machine/image.c. Also has what callers need that only look
 * at headers.
 */
#include "machine/image.h"

/* Numbers of either byte order at any alignment. */
static inline uint16_t elf64_get16(const uint8_t *p, bool big)
{
	return (uint16_t)(big ? (p[0] << 8 | p[1]) : (p[1] << 8 | p[0]));
}

static inline uint32_t elf64_get32(const uint8_t *p, bool big)
{
	uint32_t first = elf64_get16(p, big), second = elf64_get16(p + 2, big);

	return big ? first << 16 | second : second << 16 | first;
}

static inline uint64_t elf64_get64(const uint8_t *p, bool big)
{
	uint64_t first = elf64_get32(p, big), second = elf64_get32(p + 4, big);

	return big ? first << 32 | second : second << 32 | first;
}

/* Whether the bytes begin with the four bytes of an ELF file. */
bool elf64_is_elf(const uint8_t *bytes, uint64_t size);

/*
 * Set kind, big_endian, entry, kernel, kernel_end and the segments of `out` from an ELF's headers,
 * at the addresses that they give. Checked: everything is inside the file, and no segment wraps
 * around the address space. Not checked: where in memory the segments are, and whether they
 * overlap.
 */
enum image_status elf64_read(const uint8_t *bytes, uint64_t size, struct image_placement *out);

#endif
