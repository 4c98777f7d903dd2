/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/image.h"
#include "machine/elf64.h"

#define KIB 1024ull
#define MIB (1024ull * 1024)

/* The arm64 Image header: Linux, Documentation/arm64/booting.rst. */
#define ARM64_HEADER_SIZE  64u
#define ARM64_TEXT_OFFSET  8u
#define ARM64_IMAGE_SIZE   16u
#define ARM64_MAGIC_OFFSET 56u
#define ARM64_MAGIC	   0x644d5241u /* "ARM\x64" */

#define RAW_OFFSET (512 * KIB)
/*
 * QEMU starts a kernel from a few instructions of its own at the bottom of RAM, and keeps these
 * bytes free.
 */
#define QEMU_LOADER_SIZE (4 * KIB)
#define INITRD_HIGHEST	 (128 * MIB)
#define INITRD_ALIGN	 (4 * KIB)
#define DTB_ALIGN	 (2 * MIB)

#define UIMAGE_MAGIC 0x27051956u

static uint64_t align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Whether `size` bytes at `start` are inside the RAM. start + size may exceed 64 bits. */
static bool inside_ram(const struct image_request *r, uint64_t start, uint64_t size)
{
	return start >= r->ram_base && size <= r->ram_size &&
	       start - r->ram_base <= r->ram_size - size;
}

/* Whether [a, a_end) and [b, b_end) overlap. Neither may wrap. */
static bool overlap(uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
	return a < b_end && b < a_end;
}

bool image_is_arm64(const uint8_t *bytes, uint64_t size)
{
	return size >= ARM64_HEADER_SIZE &&
	       elf64_get32(bytes + ARM64_MAGIC_OFFSET, false) == ARM64_MAGIC;
}

bool image_is_uimage(const uint8_t *bytes, uint64_t size)
{
	return size >= 64 && elf64_get32(bytes, true) == UIMAGE_MAGIC;
}

/* An Image or raw kernel: one segment, entered at its first byte. */
static enum image_status place_flat(const struct image_request *r, struct image_placement *out)
{
	uint64_t offset = RAW_OFFSET;
	uint64_t memory = 0;

	out->kind = IMAGE_RAW;
	if (image_is_arm64(r->kernel, r->kernel_size)) {
		out->kind = IMAGE_ARM64;
		memory = elf64_get64(r->kernel + ARM64_IMAGE_SIZE, false);
		/* Kernels before 3.17 leave image_size 0, and then text_offset has no meaning. */
		if (memory != 0)
			offset = elf64_get64(r->kernel + ARM64_TEXT_OFFSET, false);
		if (offset < QEMU_LOADER_SIZE)
			offset += 2 * MIB;
	}
	if (memory == 0)
		memory = r->kernel_size;

	/* A text_offset that would wrap the address is outside the RAM as well. */
	if (r->load == IMAGE_DEFAULT && offset > r->ram_size)
		return IMAGE_KERNEL_OUTSIDE;
	out->kernel = r->load == IMAGE_DEFAULT ? r->ram_base + offset : r->load;
	out->entry = out->kernel;
	out->segment_count = 1;
	out->segment[0] = (struct image_segment){.ipa = out->kernel,
						 .size = r->kernel_size,
						 .memory = max_u64(memory, r->kernel_size)};
	if (!inside_ram(r, out->kernel, out->segment[0].memory))
		return IMAGE_KERNEL_OUTSIDE;
	/*
	 * The initrd goes after the size in the header, as in QEMU; the overlap check takes the
	 * size of the file.
	 */
	out->kernel_end = out->kernel + memory;
	return (out->entry & 3) == 0 ? IMAGE_OK : IMAGE_BAD_ENTRY;
}

/*
 * Drop the constant segments below the RAM, such as the headers and notes that `ld -Ttext=` puts
 * there.
 */
static void drop_constants(const struct image_request *r, struct image_placement *out)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < out->segment_count; i++) {
		const struct image_segment *s = &out->segment[i];

		if (!s->constant || s->ipa >= r->ram_base || s->memory > r->ram_base - s->ipa)
			out->segment[kept++] = *s;
	}
	if (kept == 0)
		return;
	out->segment_count = kept;
	out->kernel = UINT64_MAX;
	for (uint32_t i = 0; i < kept; i++)
		out->kernel = min_u64(out->kernel, out->segment[i].ipa);
}

/* Move an ELF so that its lowest byte is at r->load, and check that all of it is in the RAM. */
static enum image_status settle_elf(const struct image_request *r, struct image_placement *out)
{
	uint64_t shift = r->load == IMAGE_DEFAULT ? 0 : r->load - out->kernel;
	bool entry_inside = false;

	out->kernel += shift;
	out->kernel_end += shift;
	out->entry += shift;
	for (uint32_t i = 0; i < out->segment_count; i++) {
		struct image_segment *s = &out->segment[i];

		s->ipa += shift;
		if (!inside_ram(r, s->ipa, s->memory))
			return IMAGE_KERNEL_OUTSIDE;
		entry_inside |= out->entry >= s->ipa && out->entry - s->ipa < s->memory;
		for (uint32_t j = 0; j < i; j++) {
			const struct image_segment *t = &out->segment[j];

			if (overlap(s->ipa, s->ipa + s->memory, t->ipa, t->ipa + t->memory))
				return IMAGE_SEGMENTS_OVERLAP;
		}
	}
	return entry_inside && (out->entry & 3) == 0 ? IMAGE_OK : IMAGE_BAD_ENTRY;
}

static bool hits_kernel(const struct image_placement *out, uint64_t start, uint64_t end)
{
	for (uint32_t i = 0; i < out->segment_count; i++) {
		const struct image_segment *s = &out->segment[i];

		if (overlap(start, end, s->ipa, s->ipa + s->memory))
			return true;
	}
	return false;
}

/*
 * *behind: the first address after the initrd; without an initrd, the address that QEMU's rules
 * give one.
 */
static enum image_status place_initrd(const struct image_request *r, struct image_placement *out,
				      uint64_t *behind)
{
	uint64_t start = r->ram_base + min_u64(r->ram_size / 2, INITRD_HIGHEST);

	start = align_up(max_u64(start, out->kernel_end), INITRD_ALIGN);
	*behind = start;
	if (r->initrd_size == 0)
		return IMAGE_OK;
	out->initrd = start;
	if (!inside_ram(r, start, r->initrd_size))
		return IMAGE_INITRD_OUTSIDE;
	if (hits_kernel(out, start, start + r->initrd_size))
		return IMAGE_INITRD_OVERLAPS;
	*behind = start + r->initrd_size;
	return IMAGE_OK;
}

static enum image_status place_dtb(const struct image_request *r, struct image_placement *out,
				   uint64_t behind)
{
	if (r->dtb != IMAGE_DEFAULT) {
		out->dtb = r->dtb;
	} else if (out->kind == IMAGE_ELF) {
		/*
		 * QEMU 7.2's FDT takes 1 MiB, so there is room for it less often than for this one.
		 */
		if (out->kernel - r->ram_base < r->dtb_size)
			return IMAGE_OK;
		out->dtb = r->ram_base;
	} else {
		out->dtb = align_up(behind, DTB_ALIGN);
	}
	if (!inside_ram(r, out->dtb, r->dtb_size))
		return IMAGE_DTB_OUTSIDE;
	if (hits_kernel(out, out->dtb, out->dtb + r->dtb_size))
		return IMAGE_DTB_OVERLAPS_KERNEL;
	if (out->initrd != IMAGE_NONE &&
	    overlap(out->dtb, out->dtb + r->dtb_size, out->initrd, out->initrd + r->initrd_size))
		return IMAGE_DTB_OVERLAPS_INITRD;
	if (out->kind != IMAGE_ELF || r->dtb != IMAGE_DEFAULT)
		out->x0 = out->dtb;
	return IMAGE_OK;
}

enum image_status image_place(const struct image_request *r, struct image_placement *out)
{
	enum image_status status;
	uint64_t behind;

	*out = (struct image_placement){.initrd = IMAGE_NONE, .dtb = IMAGE_NONE};
	if (r->kernel_size == 0)
		return IMAGE_EMPTY;
	if (image_is_uimage(r->kernel, r->kernel_size))
		return IMAGE_UIMAGE;
	if (r->load != IMAGE_DEFAULT && (r->load & 3) != 0)
		return IMAGE_BAD_LOAD;
	if (r->dtb != IMAGE_DEFAULT && (r->dtb & 7) != 0)
		return IMAGE_BAD_DTB;

	if (elf64_is_elf(r->kernel, r->kernel_size)) {
		status = elf64_read(r->kernel, r->kernel_size, out);
		if (status == IMAGE_OK && r->load == IMAGE_DEFAULT)
			drop_constants(r, out);
		if (status == IMAGE_OK)
			status = settle_elf(r, out);
	} else {
		status = place_flat(r, out);
	}
	if (status == IMAGE_OK)
		status = place_initrd(r, out, &behind);
	if (status == IMAGE_OK)
		status = place_dtb(r, out, behind);
	return status;
}
