/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_IMAGE_H
#define MACHINE_IMAGE_H

/*
 * Finds the places of a kernel, its initrd and its FDT in a guest's RAM: those that QEMU 7.2 gives
 * them with `-M virt -kernel X`, so that a kernel that starts there also starts here. Pure
 * functions on bytes: no files, no allocation.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_SEGMENTS 16u	      /* PT_LOADs of one ELF */
#define IMAGE_DEFAULT  UINT64_MAX     /* an address that QEMU's rules determine */
#define IMAGE_NONE     UINT64_MAX     /* a part that does not exist */
#define IMAGE_MAX      (256ull << 20) /* the most bytes of an unpacked kernel, as in QEMU */

enum image_kind {
	IMAGE_RAW,   /* anything else */
	IMAGE_ARM64, /* Linux' arm64 Image header */
	IMAGE_ELF,   /* ELF64 for AArch64, of either endianness */
};

/* Bytes of the kernel's file, and their place. The rest of the RAM is zero. */
struct image_segment {
	uint64_t ipa;
	uint64_t offset; /* in the kernel's bytes */
	uint64_t size;	 /* bytes to copy, may be 0 */
	uint64_t memory; /* bytes that belong to it, >= size */
	bool constant;	 /* ELF: neither code nor writable */
};

struct image_request {
	const uint8_t *kernel; /* not compressed */
	uint64_t kernel_size;
	uint64_t initrd_size; /* bytes, 0: none */
	uint64_t dtb_size;    /* bytes, not 0 */
	uint64_t ram_base;    /* 2 MiB aligned */
	uint64_t ram_size;
	uint64_t load; /* of the kernel's first byte, or IMAGE_DEFAULT */
	uint64_t dtb;  /* of the FDT, or IMAGE_DEFAULT */
};

struct image_placement {
	enum image_kind kind;
	bool big_endian; /* the first vCPU starts with SCTLR_EL1.EE and E0E set: a big-endian ELF */
	uint64_t entry;
	uint64_t x0; /* x1 to x3 are 0 */
	uint64_t kernel, kernel_end;
	uint64_t initrd; /* or IMAGE_NONE */
	uint64_t dtb;	 /* or IMAGE_NONE: an ELF without room for it below the ELF */
	uint32_t segment_count;
	struct image_segment segment[IMAGE_SEGMENTS];
};

/* The errors. Each names the part that cannot be placed. */
enum image_status {
	IMAGE_OK = 0,
	IMAGE_EMPTY = -1,	      /* the kernel has no bytes */
	IMAGE_TRUNCATED = -2,	      /* an ELF that ends before what its headers describe */
	IMAGE_WRONG_MACHINE = -3,     /* an ELF, but not ELF64 for AArch64 */
	IMAGE_NO_SEGMENTS = -4,	      /* an ELF with nothing to load */
	IMAGE_TOO_MANY_SEGMENTS = -5, /* more than IMAGE_SEGMENTS */
	IMAGE_SEGMENTS_OVERLAP = -6,  /* two PT_LOADs at one address */
	IMAGE_UIMAGE = -7,	      /* U-Boot's legacy format */
	IMAGE_BAD_ENTRY = -8,	      /* the entry point is not an instruction inside the kernel */
	IMAGE_BAD_LOAD = -9,	      /* `load` is not a multiple of 4 */
	IMAGE_BAD_DTB = -10,	      /* `dtb` is not a multiple of 8 */
	IMAGE_KERNEL_OUTSIDE = -11,   /* the kernel is not inside the RAM */
	IMAGE_INITRD_OUTSIDE = -12,   /* the initrd does not fit after the kernel */
	IMAGE_DTB_OUTSIDE = -13, /* the FDT does not fit after those, or `dtb` is outside the RAM */
	IMAGE_INITRD_OVERLAPS = -14, /* the kernel's file extends into the initrd's place */
	IMAGE_DTB_OVERLAPS_KERNEL = -15,
	IMAGE_DTB_OVERLAPS_INITRD = -16,
};

/*
 * Recognise request->kernel and place it, the initrd and the FDT. On success all of `out` is set,
 * and no two parts overlap or leave the RAM. On an error the parts that were placed before it are
 * set, for the message.
 *
 * arm64 Image	at text_offset, or 2 MiB higher if that is below 4 KiB. Without image_size the
 *		header has no meaning, and the Image is placed as raw. Endianness and page size
 *		are up to the kernel.
 * raw		at 512 KiB
 * ELF		at its physical addresses; `load` moves all of it, so that its lowest byte is
 *		there. Without `load`, constant segments below the RAM are dropped.
 * initrd	at the middle of the RAM, at most 128 MiB up; after the kernel if that is higher
 * FDT		2 MiB aligned, after the initrd; for an ELF at the bottom of RAM, if it fits
 *		below the ELF
 *
 * x0 is the FDT's address for Image and raw. An ELF starts with x0 = 0, as in QEMU, unless `dtb`
 * was given.
 */
enum image_status image_place(const struct image_request *request, struct image_placement *out);

/* Whether the bytes begin with the header of an arm64 Image. */
bool image_is_arm64(const uint8_t *bytes, uint64_t size);

/* Whether the bytes are in U-Boot's legacy image format, whose header QEMU strips. */
bool image_is_uimage(const uint8_t *bytes, uint64_t size);

#endif
