/* SPDX-License-Identifier: BSD-2-Clause */
/* Where Images and raw kernels go; tests/qemu/placement.t holds the same rules against QEMU. */
#include "machine/image.h"
#include "tests/tap.h"
#include <stdlib.h>
#include <string.h>

#define BASE 0x40000000ull
#define KIB  1024ull
#define MIB  (1024 * KIB)

static uint8_t kernel[8 * MIB];

static void put64(uint8_t *p, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* Turn `kernel` into an Image with this header. */
static void header(uint64_t text_offset, uint64_t image_size)
{
	memset(kernel, 0, 64);
	put64(kernel + 8, text_offset);
	put64(kernel + 16, image_size);
	memcpy(kernel + 56, "ARM\x64", 4);
}

static struct image_request request(uint64_t kernel_size, uint64_t initrd_size, uint64_t ram_size)
{
	return (struct image_request){
		.kernel = kernel,
		.kernel_size = kernel_size,
		.initrd_size = initrd_size,
		.dtb_size = 4096,
		.ram_base = BASE,
		.ram_size = ram_size,
		.load = IMAGE_DEFAULT,
		.dtb = IMAGE_DEFAULT,
	};
}

static void test_raw(void)
{
	struct image_request r = request(100, 0, 256 * MIB);
	struct image_placement p;

	memset(kernel, 0, 64);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "raw: placed");
	tap_is_u64(p.kind, IMAGE_RAW, "raw: recognised");
	tap_is_u64(p.kernel, BASE + 512 * KIB, "raw: at 512 KiB");
	tap_is_u64(p.entry, p.kernel, "raw: entered at its first byte");
	tap_is_u64(p.initrd, IMAGE_NONE, "raw: no initrd");
	tap_is_u64(p.dtb, BASE + 128 * MIB, "raw: FDT where the initrd would be");
	tap_is_u64(p.x0, p.dtb, "raw: x0 is the FDT");
	tap_is_u64(p.segment_count, 1, "raw: one segment");
	tap_is_u64(p.segment[0].size, 100, "raw: all of it");
	r.kernel_size = 1;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "raw: of one byte");
	r.kernel_size = 0;
	tap_is_i64(image_place(&r, &p), IMAGE_EMPTY, "raw: of none");
	memcpy(kernel, "\x27\x05\x19\x56", 4);
	r.kernel_size = 64;
	tap_is_i64(image_place(&r, &p), IMAGE_UIMAGE,
		   "U-Boot's format is not taken for a raw kernel");
}

static void test_header(void)
{
	static const struct {
		uint64_t text_offset, image_size, at, initrd;
	} cases[] = {
		{0, 4 * MIB, 2 * MIB, 128 * MIB},
		{0x800, 4 * MIB, 2 * MIB + 0x800, 128 * MIB},
		{4 * KIB, 4 * MIB, 4 * KIB, 128 * MIB},
		{0x80000, 4 * MIB, 0x80000, 128 * MIB},
		{0x300000, 0, 0x80000, 128 * MIB},
		{0, 130 * MIB + 4, 2 * MIB, 132 * MIB + 4 * KIB},
		{100 * MIB, 28 * MIB, 100 * MIB, 128 * MIB},
		{100 * MIB, 29 * MIB, 100 * MIB, 129 * MIB},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct image_request r = request(1 * MIB, 4097, 256 * MIB);
		struct image_placement p;

		header(cases[i].text_offset, cases[i].image_size);
		tap_is_i64(image_place(&r, &p), IMAGE_OK, "Image %zu: placed", i);
		tap_is_u64(p.kind, IMAGE_ARM64, "Image %zu: recognised", i);
		tap_is_u64(p.entry - BASE, cases[i].at, "Image %zu: text_offset", i);
		tap_is_u64(p.initrd - BASE, cases[i].initrd, "Image %zu: initrd", i);
		tap_is_u64(p.dtb, (p.initrd + 4097 + 2 * MIB - 1) & ~(2 * MIB - 1),
			   "Image %zu: FDT in 2 MiB of its own", i);
	}
}

static void test_ram_sizes(void)
{
	static const struct {
		uint64_t ram, initrd;
	} cases[] = {
		{16 * MIB, 8 * MIB},	 {16 * MIB + 64 * KIB, 8 * MIB + 32 * KIB},
		{254 * MIB, 127 * MIB},	 {256 * MIB, 128 * MIB},
		{8192 * MIB, 128 * MIB},
	};

	header(0, 4 * MIB);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct image_request r = request(1 * MIB, 100, cases[i].ram);
		struct image_placement p;

		tap_is_i64(image_place(&r, &p), IMAGE_OK, "RAM %zu: placed", i);
		tap_is_u64(p.initrd - BASE, cases[i].initrd, "RAM %zu: initrd", i);
	}
}

/* Everything that does not fit, and that one byte less or more does. */
static void test_limits(void)
{
	struct image_placement p;
	struct image_request r = request(1 * MIB, 0, 16 * MIB);

	header(0, 6 * MIB);
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "16 MiB: an Image that ends in the middle");
	header(0, 14 * MIB);
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OUTSIDE,
		   "an Image that leaves nothing for the FDT");
	header(0, 14 * MIB + 1);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "an Image one byte too long");
	header(UINT64_MAX - 0xfff, 4096);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "a text_offset that wraps");
	header(0, UINT64_MAX);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "an image_size that wraps");
	header(0x1002, 4096);
	tap_is_i64(image_place(&r, &p), IMAGE_BAD_ENTRY, "a text_offset that is no instruction's");

	header(0, 1 * MIB);
	r.initrd_size = 6 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "an initrd with the FDT behind it");
	r.initrd_size = 6 * MIB + 1;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OUTSIDE,
		   "an initrd that leaves no room for the FDT");
	r.initrd_size = 8 * MIB + 1;
	tap_is_i64(image_place(&r, &p), IMAGE_INITRD_OUTSIDE, "an initrd one byte too long");
	r.initrd_size = UINT64_MAX;
	tap_is_i64(image_place(&r, &p), IMAGE_INITRD_OUTSIDE, "an initrd that wraps");

	/* The header says 1 MiB, the file goes on to beyond the middle of the RAM. */
	r.initrd_size = 100;
	r.kernel_size = 7 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_INITRD_OVERLAPS, "a file longer than its image_size");
	r.kernel_size = 6 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK,
		   "a file as long as its image_size fits up to the initrd");
}

static void test_overrides(void)
{
	struct image_placement p;
	struct image_request r = request(1 * MIB, 1 * MIB, 64 * MIB);

	header(0, 1 * MIB);
	r.load = BASE + 40 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "load: placed");
	tap_is_u64(p.entry, BASE + 40 * MIB, "load: the kernel is there");
	tap_is_u64(p.initrd, BASE + 41 * MIB, "load: the initrd behind it");
	r.load = BASE + 63 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_INITRD_OUTSIDE, "load: nothing behind it");
	r.load = BASE + 63 * MIB + 4;
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "load: beyond the end");
	r.load = BASE - 4;
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "load: below the RAM");
	r.load = UINT64_MAX - 3;
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "load: at the end of everything");
	r.load = BASE + 2;
	tap_is_i64(image_place(&r, &p), IMAGE_BAD_LOAD, "load: not a multiple of 4");

	r.load = IMAGE_DEFAULT;
	r.dtb = BASE;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "dtb: placed");
	tap_is_u64(p.dtb, BASE, "dtb: the FDT is there");
	tap_is_u64(p.x0, BASE, "dtb: and x0 says so");
	r.dtb = p.kernel - 4096;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "dtb: up to the kernel");
	r.dtb = p.kernel - 4088;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OVERLAPS_KERNEL, "dtb: into the kernel");
	r.dtb = p.initrd + 8;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OVERLAPS_INITRD, "dtb: in the initrd");
	r.dtb = BASE + 64 * MIB - 4088;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OUTSIDE, "dtb: beyond the end");
	r.dtb = 0;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OUTSIDE, "dtb: in the flash");
	r.dtb = BASE + 4;
	tap_is_i64(image_place(&r, &p), IMAGE_BAD_DTB, "dtb: not a multiple of 8");
}

int main(void)
{
	test_raw();
	test_header();
	test_ram_sizes();
	test_limits();
	test_overrides();
	return tap_done();
}
