/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/elf64.h"

/* Offsets and values: System V ABI, ELF-64. */
#define EI_CLASS    4u
#define EI_DATA	    5u
#define ELFCLASS64  2u
#define ELFDATA2LSB 1u
#define ELFDATA2MSB 2u
#define E_MACHINE   18u
#define E_ENTRY	    24u
#define E_PHOFF	    32u
#define E_PHENTSIZE 54u
#define E_PHNUM	    56u
#define EHDR_SIZE   64u
#define EM_AARCH64  183u
#define P_FLAGS	    4u
#define P_OFFSET    8u
#define P_VADDR	    16u
#define P_PADDR	    24u
#define P_FILESZ    32u
#define P_MEMSZ	    40u
#define PHDR_SIZE   56u
#define PT_LOAD	    1u
#define PF_X	    1u
#define PF_W	    2u

struct phdr {
	uint32_t flags;
	uint64_t offset, vaddr, paddr, filesz, memsz;
};

struct elf {
	const uint8_t *bytes;
	uint64_t size, phoff;
	uint32_t phnum;
	bool big;
};

bool elf64_is_elf(const uint8_t *b, uint64_t size)
{
	return size >= 4 && b[0] == 0x7f && b[1] == 'E' && b[2] == 'L' && b[3] == 'F';
}

/* Read program header `i`. Returns false if it is not a PT_LOAD. */
static bool load_header(const struct elf *e, uint32_t i, struct phdr *ph)
{
	const uint8_t *p = e->bytes + e->phoff + (uint64_t)i * PHDR_SIZE;

	if (elf64_get32(p, e->big) != PT_LOAD)
		return false;
	ph->flags = elf64_get32(p + P_FLAGS, e->big);
	ph->offset = elf64_get64(p + P_OFFSET, e->big);
	ph->vaddr = elf64_get64(p + P_VADDR, e->big);
	ph->paddr = elf64_get64(p + P_PADDR, e->big);
	ph->filesz = elf64_get64(p + P_FILESZ, e->big);
	ph->memsz = elf64_get64(p + P_MEMSZ, e->big);
	return true;
}

static enum image_status read_header(struct elf *e)
{
	const uint8_t *b = e->bytes;

	if (e->size < EHDR_SIZE)
		return IMAGE_TRUNCATED;
	if (b[EI_CLASS] != ELFCLASS64 || (b[EI_DATA] != ELFDATA2LSB && b[EI_DATA] != ELFDATA2MSB))
		return IMAGE_WRONG_MACHINE;
	e->big = b[EI_DATA] == ELFDATA2MSB;
	if (elf64_get16(b + E_MACHINE, e->big) != EM_AARCH64)
		return IMAGE_WRONG_MACHINE;
	e->phoff = elf64_get64(b + E_PHOFF, e->big);
	e->phnum = elf64_get16(b + E_PHNUM, e->big);
	if (e->phnum == 0)
		return IMAGE_NO_SEGMENTS;
	if (elf64_get16(b + E_PHENTSIZE, e->big) != PHDR_SIZE || e->phoff > e->size ||
	    (uint64_t)e->phnum * PHDR_SIZE > e->size - e->phoff)
		return IMAGE_TRUNCATED;
	return IMAGE_OK;
}

/*
 * Whether the zeroes of a segment would overlap another segment. Such a program sets up its own
 * .data and .bss: QEMU then takes p_memsz for an address-space size and loads only the file's
 * bytes.
 */
static bool zeroes_hit_another(const struct elf *e, uint32_t self, const struct phdr *ph)
{
	uint64_t zeroes = ph->paddr + ph->filesz, end = ph->paddr + ph->memsz;

	for (uint32_t i = 0; i < e->phnum; i++) {
		struct phdr other;

		if (i == self || !load_header(e, i, &other))
			continue;
		if (other.paddr < end && zeroes < other.paddr + other.memsz)
			return true;
	}
	return false;
}

static enum image_status read_segment(const struct elf *e, uint32_t i, struct image_placement *out)
{
	struct phdr ph;
	uint64_t memory;

	if (!load_header(e, i, &ph))
		return IMAGE_OK;
	if (ph.filesz > e->size || ph.offset > e->size - ph.filesz)
		return IMAGE_TRUNCATED;
	if (ph.memsz < ph.filesz)
		ph.memsz = ph.filesz;
	if (ph.memsz > UINT64_MAX - ph.paddr)
		return IMAGE_KERNEL_OUTSIDE;
	memory = ph.memsz > ph.filesz && zeroes_hit_another(e, i, &ph) ? ph.filesz : ph.memsz;

	/* e_entry is a virtual address: find the instruction where it is loaded. */
	if ((ph.flags & PF_X) != 0 && ph.vaddr != ph.paddr &&
	    elf64_get64(e->bytes + E_ENTRY, e->big) - ph.vaddr < ph.filesz)
		out->entry = elf64_get64(e->bytes + E_ENTRY, e->big) - ph.vaddr + ph.paddr;

	if (memory == 0)
		return IMAGE_OK;
	if (out->segment_count == IMAGE_SEGMENTS)
		return IMAGE_TOO_MANY_SEGMENTS;
	out->segment[out->segment_count++] =
		(struct image_segment){.ipa = ph.paddr,
				       .offset = ph.offset,
				       .size = ph.filesz,
				       .memory = memory,
				       .constant = (ph.flags & (PF_X | PF_W)) == 0};
	if (ph.paddr < out->kernel)
		out->kernel = ph.paddr;
	if (ph.paddr + memory > out->kernel_end)
		out->kernel_end = ph.paddr + memory;
	return IMAGE_OK;
}

enum image_status elf64_read(const uint8_t *bytes, uint64_t size, struct image_placement *out)
{
	struct elf e = {.bytes = bytes, .size = size};
	enum image_status status = read_header(&e);

	out->kind = IMAGE_ELF;
	if (status != IMAGE_OK)
		return status;
	out->big_endian = e.big;
	out->entry = elf64_get64(bytes + E_ENTRY, e.big);
	out->kernel = UINT64_MAX;
	for (uint32_t i = 0; i < e.phnum; i++) {
		status = read_segment(&e, i, out);
		if (status != IMAGE_OK)
			return status;
	}
	return out->segment_count == 0 ? IMAGE_NO_SEGMENTS : IMAGE_OK;
}
