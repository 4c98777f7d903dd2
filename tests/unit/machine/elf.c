/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF kernels of both byte orders, valid and broken. */
#include "machine/image.h"
#include "tests/tap.h"
#include <stdlib.h>
#include <string.h>

#define BASE 0x40000000ull
#define MIB  (1024 * 1024ull)
#define RAM  (64 * MIB)

#define EHDR	  64u
#define PHDR	  56u
#define FILE_SIZE 4096u

struct load {
	uint64_t offset, vaddr, paddr, filesz, memsz;
	uint32_t flags;
};

static uint8_t file[FILE_SIZE];
static bool big;

static void put(size_t at, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		file[at + (big ? size - 1 - i : i)] = (uint8_t)(value >> 8 * i);
}

static void make(uint64_t entry, const struct load *loads, unsigned count)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "\177ELF\2", 5);
	file[5] = big ? 2 : 1;
	put(16, 2, 2);	 /* ET_EXEC */
	put(18, 183, 2); /* EM_AARCH64 */
	put(24, entry, 8);
	put(32, EHDR, 8); /* e_phoff */
	put(54, PHDR, 2);
	put(56, count, 2);
	for (unsigned i = 0; i < count; i++) {
		size_t at = EHDR + i * PHDR;

		put(at, 1, 4); /* PT_LOAD */
		put(at + 4, loads[i].flags, 4);
		put(at + 8, loads[i].offset, 8);
		put(at + 16, loads[i].vaddr, 8);
		put(at + 24, loads[i].paddr, 8);
		put(at + 32, loads[i].filesz, 8);
		put(at + 40, loads[i].memsz, 8);
	}
}

static struct image_request request(void)
{
	return (struct image_request){
		.kernel = file,
		.kernel_size = sizeof(file),
		.dtb_size = 4096,
		.ram_base = BASE,
		.ram_size = RAM,
		.load = IMAGE_DEFAULT,
		.dtb = IMAGE_DEFAULT,
	};
}

static void test_sound(const char *name)
{
	const struct load loads[] = {
		{1024, BASE + MIB, BASE + MIB, 512, 512, 5},
		{1536, BASE + 2 * MIB, BASE + 2 * MIB, 256, 4096, 6},
		{0, BASE + 3 * MIB, BASE + 3 * MIB, 0, 0, 4},
		{0, BASE + 3 * MIB, BASE + 3 * MIB, 0, 8192, 6},
	};
	struct image_request r = request();
	struct image_placement p;

	make(BASE + MIB + 16, loads, 4);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "%s: a valid kernel is placed", name);
	tap_is_u64(p.kind, IMAGE_ELF, "%s: the kernel is recognised as an ELF", name);
	tap_is_u64(p.big_endian, big, "%s: the kernel has the file's byte order", name);
	tap_is_u64(p.entry, BASE + MIB + 16, "%s: the kernel has the file's entry", name);
	tap_is_u64(p.x0, 0, "%s: x0 is 0", name);
	tap_is_u64(p.kernel, BASE + MIB, "%s: the kernel begins with its lowest segment", name);
	tap_is_u64(p.kernel_end, BASE + 3 * MIB + 8192,
		   "%s: the kernel ends with the memory of its last segment", name);
	tap_is_u64(p.segment_count, 3, "%s: an empty segment is left out", name);
	tap_is_u64(p.segment[1].offset, 1536, "%s: a segment has its offset in the file", name);
	tap_is_u64(p.segment[1].memory, 4096, "%s: a segment's memory includes its .bss", name);
	tap_is_u64(p.dtb, BASE, "%s: the FDT is at the bottom of RAM", name);

	r.dtb = BASE + 32 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "%s: `dtb` above the kernel is accepted", name);
	tap_is_u64(p.x0, BASE + 32 * MIB, "%s: x0 is `dtb` if that is given", name);
	r.dtb = BASE + 3 * MIB + 8184;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OVERLAPS_KERNEL,
		   "%s: `dtb` in the .bss is refused", name);
	r.dtb = BASE + 2 * MIB - 4096;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "%s: `dtb` between two segments is accepted",
		   name);

	r.dtb = IMAGE_DEFAULT;
	r.load = BASE + 8 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "%s: `load` is accepted", name);
	tap_is_u64(p.entry, BASE + 8 * MIB + 16, "%s: `load` moves the entry along", name);
	tap_is_u64(p.segment[2].ipa, BASE + 10 * MIB, "%s: `load` moves the last segment along",
		   name);
	r.load = BASE + 62 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE,
		   "%s: `load` that puts the kernel beyond RAM is refused", name);

	/* Every file that is cut off is refused, and none is read beyond its end (ASan). */
	r.load = IMAGE_DEFAULT;
	bool seen = true;
	for (size_t size = 4; size < 1536 + 256; size++) {
		uint8_t *cut = malloc(size);

		memcpy(cut, file, size);
		r.kernel = cut;
		r.kernel_size = size;
		seen = seen && image_place(&r, &p) == IMAGE_TRUNCATED;
		free(cut);
	}
	tap_ok(seen, "%s: a file that is cut off anywhere is refused", name);
}

static void test_addresses(void)
{
	const struct load high[] = {{1024, 0xffff800008000000, BASE + MIB, 512, 512, 5}};
	const struct load data[] = {{1024, 0x1000, BASE + MIB, 512, 512, 6},
				    {1536, 0x1000, BASE + 2 * MIB, 512, 512, 5}};
	const struct load rom[] = {{1024, BASE, BASE + MIB, 512, 1024, 5},
				   {1536, BASE + 8 * MIB, BASE + MIB + 512, 512, 4096, 6}};
	const struct load bottom[] = {{1024, BASE, BASE, 512, 512, 5}};
	const struct load near[] = {{1024, BASE + 4096, BASE + 4096, 512, 512, 5}};
	const struct load nearer[] = {{1024, BASE + 4092, BASE + 4092, 512, 512, 5}};
	struct image_request r = request();
	struct image_placement p;

	make(0xffff800008000020, high, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a kernel linked at a high address is placed");
	tap_is_u64(p.entry, BASE + MIB + 0x20,
		   "a kernel linked at a high address is entered where it is loaded");
	make(0x1004, data, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_OK,
		   "a kernel with code and data at one virtual address is placed");
	tap_is_u64(p.entry, BASE + 2 * MIB + 4,
		   "the entry is in the code, not in the data at the same virtual address");
	make(BASE + MIB, rom, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a kernel packed like a ROM is placed");
	tap_is_u64(p.segment[0].memory, 512,
		   "packed like a ROM: a segment with another behind it gets no .bss");
	tap_is_u64(p.segment[1].memory, 4096, "packed like a ROM: the last segment gets its .bss");
	make(BASE, bottom, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a kernel at the bottom of RAM is placed");
	tap_is_u64(p.dtb, IMAGE_NONE, "a kernel at the bottom of RAM gets no FDT");
	make(BASE + 4096, near, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a kernel just above the FDT's place is placed");
	tap_is_u64(p.dtb, BASE, "a kernel just above the FDT's place gets an FDT");
	make(BASE + 4092, nearer, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_OK,
		   "a kernel that leaves no room for the FDT is placed");
	tap_is_u64(p.dtb, IMAGE_NONE, "a kernel that leaves no room for the FDT gets none");
}

/* The segments that `ld -Ttext=` makes of headers and notes. */
static void test_constants(void)
{
	struct load loads[] = {{0, 0x400000, 0x400000, 300, 300, 4},
			       {1024, BASE + MIB, BASE + MIB, 512, 512, 5}};
	struct image_request r = request();
	struct image_placement p;

	make(BASE + MIB, loads, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a kernel with constants in the flash is placed");
	tap_is_u64(p.segment_count, 1, "constants in the flash are not a segment of the placement");
	tap_is_u64(p.segment[0].ipa, BASE + MIB,
		   "the code of a kernel with constants in the flash is placed in the RAM");
	tap_is_u64(p.dtb, BASE,
		   "a kernel with constants in the flash gets an FDT at the start of RAM");
	loads[0].paddr = BASE - 299;
	make(BASE + MIB, loads, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "constants half in RAM are refused");
	loads[0].paddr = 0x400000;
	loads[0].flags = 6;
	make(BASE + MIB, loads, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "data in the flash is refused");
	make(0x400000, loads, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE,
		   "a kernel of only constants in the flash is refused");
	r.load = BASE + MIB;
	make(0x400000, loads, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_OK,
		   "`load` moves a kernel of constants from the flash into the RAM");
}

static void expect(enum image_status want, const char *name)
{
	struct image_request r = request();
	struct image_placement p;

	tap_is_i64(image_place(&r, &p), want, "image_place() returns the right status for %s",
		   name);
}

static void test_broken(void)
{
	struct load l = {1024, BASE + MIB, BASE + MIB, 512, 512, 5};
	struct load two[2] = {l, l};
	struct load many[IMAGE_SEGMENTS + 1];

	make(BASE + MIB, &l, 1);
	file[4] = 1;
	expect(IMAGE_WRONG_MACHINE, "an ELF32");
	make(BASE + MIB, &l, 1);
	put(18, 62, 2);
	expect(IMAGE_WRONG_MACHINE, "an ELF for x86-64");
	make(BASE + MIB, &l, 1);
	file[5] = 3;
	expect(IMAGE_WRONG_MACHINE, "an ELF without byte order");
	make(BASE + MIB, &l, 0);
	expect(IMAGE_NO_SEGMENTS, "an ELF without program headers");
	make(BASE + MIB, &l, 1);
	put(EHDR, 6, 4);
	expect(IMAGE_NO_SEGMENTS, "an ELF with nothing to load");
	make(BASE + MIB, &l, 1);
	put(54, 32, 2);
	expect(IMAGE_TRUNCATED, "program headers of another size");
	make(BASE + MIB, &l, 1);
	put(32, UINT64_MAX - 8, 8);
	expect(IMAGE_TRUNCATED, "program headers that wrap");
	make(BASE + MIB, &l, 1);
	put(EHDR + 8, UINT64_MAX - 8, 8);
	expect(IMAGE_TRUNCATED, "a segment's file offset that wraps");
	make(BASE + MIB + 512, &l, 1);
	expect(IMAGE_BAD_ENTRY, "an entry behind the end");
	make(BASE + MIB + 2, &l, 1);
	expect(IMAGE_BAD_ENTRY, "an entry between two instructions");
	two[1].paddr += 511;
	make(BASE + MIB, two, 2);
	expect(IMAGE_SEGMENTS_OVERLAP, "two segments that overlap");
	l.memsz = UINT64_MAX;
	make(BASE + MIB, &l, 1);
	expect(IMAGE_KERNEL_OUTSIDE, "a size in memory that wraps");
	l.memsz = 512;
	l.paddr = 0;
	make(BASE + MIB, &l, 1);
	expect(IMAGE_KERNEL_OUTSIDE, "a segment in the flash");
	l.paddr = BASE + RAM - 511;
	make(BASE + MIB, &l, 1);
	expect(IMAGE_KERNEL_OUTSIDE, "a segment that leaves the RAM");
	for (unsigned i = 0; i <= IMAGE_SEGMENTS; i++) {
		many[i] = (struct load){2048, 0, BASE + MIB * (i + 1), 4, 4, 5};
		many[i].vaddr = many[i].paddr;
	}
	make(BASE + MIB, many, IMAGE_SEGMENTS);
	expect(IMAGE_OK, "as many segments as are allowed");
	make(BASE + MIB, many, IMAGE_SEGMENTS + 1);
	expect(IMAGE_TOO_MANY_SEGMENTS, "one segment more than is allowed");
}

int main(void)
{
	test_sound("ELF LE");
	big = true;
	test_sound("ELF BE");
	test_broken();
	big = false;
	test_broken();
	test_addresses();
	test_constants();
	return tap_done();
}
