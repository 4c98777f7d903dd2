/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF kernels of both endiannesses, sound and broken. */
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
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "%s: placed", name);
	tap_is_u64(p.kind, IMAGE_ELF, "%s: recognised", name);
	tap_is_u64(p.big_endian, big, "%s: endianness", name);
	tap_is_u64(p.entry, BASE + MIB + 16, "%s: entry", name);
	tap_is_u64(p.x0, 0, "%s: x0 is 0", name);
	tap_is_u64(p.kernel, BASE + MIB, "%s: lowest byte", name);
	tap_is_u64(p.kernel_end, BASE + 3 * MIB + 8192, "%s: end", name);
	tap_is_u64(p.segment_count, 3, "%s: without the empty segment", name);
	tap_is_u64(p.segment[1].offset, 1536, "%s: offset in the file", name);
	tap_is_u64(p.segment[1].memory, 4096, "%s: with its .bss", name);
	tap_is_u64(p.dtb, BASE, "%s: FDT at the bottom of RAM", name);

	r.dtb = BASE + 32 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "%s: with dtb", name);
	tap_is_u64(p.x0, BASE + 32 * MIB, "%s: dtb is x0", name);
	r.dtb = BASE + 3 * MIB + 8184;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OVERLAPS_KERNEL, "%s: dtb in the .bss", name);
	r.dtb = BASE + 2 * MIB - 4096;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "%s: dtb between the segments", name);

	r.dtb = IMAGE_DEFAULT;
	r.load = BASE + 8 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "%s: with load", name);
	tap_is_u64(p.entry, BASE + 8 * MIB + 16, "%s: the entry moves along", name);
	tap_is_u64(p.segment[2].ipa, BASE + 10 * MIB, "%s: and the last segment", name);
	r.load = BASE + 62 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "%s: load too high", name);

	/* Every way to be cut off is seen, none reads beyond the end (ASan). */
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
	tap_ok(seen, "%s: cut off anywhere", name);
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
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "linked high: placed");
	tap_is_u64(p.entry, BASE + MIB + 0x20, "linked high: the entry is where it is loaded");
	make(0x1004, data, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "code and data at one virtual address: placed");
	tap_is_u64(p.entry, BASE + 2 * MIB + 4, "the entry is in the code");
	make(BASE + MIB, rom, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "packed like a ROM: placed");
	tap_is_u64(p.segment[0].memory, 512, "packed like a ROM: .bss is the program's affair");
	tap_is_u64(p.segment[1].memory, 4096, "packed like a ROM: the last one has its .bss");
	make(BASE, bottom, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "at the bottom of RAM: placed");
	tap_is_u64(p.dtb, IMAGE_NONE, "at the bottom of RAM: there is no FDT");
	make(BASE + 4096, near, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "just above the FDT: placed");
	tap_is_u64(p.dtb, BASE, "just above the FDT: it is there");
	make(BASE + 4092, nearer, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "no room for the FDT: placed");
	tap_is_u64(p.dtb, IMAGE_NONE, "no room for the FDT: there is none");
}

/* What `ld -Ttext=` makes of headers and notes. */
static void test_constants(void)
{
	struct load loads[] = {{0, 0x400000, 0x400000, 300, 300, 4},
			       {1024, BASE + MIB, BASE + MIB, 512, 512, 5}};
	struct image_request r = request();
	struct image_placement p;

	make(BASE + MIB, loads, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a kernel with constants in the flash is placed");
	tap_is_u64(p.segment_count, 1, "constants in the flash are no segment of the placement");
	tap_is_u64(p.segment[0].ipa, BASE + MIB,
		   "the code of a kernel with constants in the flash is placed in the RAM");
	tap_is_u64(p.dtb, BASE,
		   "a kernel with constants in the flash gets an FDT at the start of RAM");
	loads[0].paddr = BASE - 299;
	make(BASE + MIB, loads, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "constants half in the RAM");
	loads[0].paddr = 0x400000;
	loads[0].flags = 6;
	make(BASE + MIB, loads, 2);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "data in the flash");
	make(0x400000, loads, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "nothing but constants in the flash");
	r.load = BASE + MIB;
	make(0x400000, loads, 1);
	tap_is_i64(image_place(&r, &p), IMAGE_OK,
		   "`load` moves a kernel of constants from the flash into the RAM");
}

static void expect(enum image_status want, const char *name)
{
	struct image_request r = request();
	struct image_placement p;

	tap_is_i64(image_place(&r, &p), want, "%s", name);
}

static void test_broken(void)
{
	struct load l = {1024, BASE + MIB, BASE + MIB, 512, 512, 5};
	struct load two[2] = {l, l};
	struct load many[IMAGE_SEGMENTS + 1];

	make(BASE + MIB, &l, 1);
	file[4] = 1;
	expect(IMAGE_WRONG_MACHINE, "ELF32");
	make(BASE + MIB, &l, 1);
	put(18, 62, 2);
	expect(IMAGE_WRONG_MACHINE, "x86-64");
	make(BASE + MIB, &l, 1);
	file[5] = 3;
	expect(IMAGE_WRONG_MACHINE, "no endianness");
	make(BASE + MIB, &l, 0);
	expect(IMAGE_NO_SEGMENTS, "no program headers");
	make(BASE + MIB, &l, 1);
	put(EHDR, 6, 4);
	expect(IMAGE_NO_SEGMENTS, "nothing to load");
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
	expect(IMAGE_TOO_MANY_SEGMENTS, "one more");
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
