/* SPDX-License-Identifier: BSD-2-Clause */
/* Where Images and raw kernels go; tests/qemu/placement.t checks the same rules against QEMU. */
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
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a raw kernel is placed");
	tap_is_u64(p.kind, IMAGE_RAW, "a raw kernel is recognised");
	tap_is_u64(p.kernel, BASE + 512 * KIB, "a raw kernel is at 512 KiB");
	tap_is_u64(p.entry, p.kernel, "a raw kernel is entered at its first byte");
	tap_is_u64(p.initrd, IMAGE_NONE, "a raw kernel without an initrd gets none");
	tap_is_u64(p.dtb, BASE + 128 * MIB, "a raw kernel's FDT is where the initrd would be");
	tap_is_u64(p.x0, p.dtb, "a raw kernel's x0 is the FDT");
	tap_is_u64(p.segment_count, 1, "a raw kernel has one segment");
	tap_is_u64(p.segment[0].size, 100, "a raw kernel's segment is the whole file");
	r.kernel_size = 1;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a raw kernel of one byte is placed");
	r.kernel_size = 0;
	tap_is_i64(image_place(&r, &p), IMAGE_EMPTY, "an empty kernel is refused");
	memcpy(kernel, "\x27\x05\x19\x56", 4);
	r.kernel_size = 64;
	tap_is_i64(image_place(&r, &p), IMAGE_UIMAGE,
		   "a kernel in U-Boot's format is refused, not taken for a raw kernel");
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
		tap_is_i64(image_place(&r, &p), IMAGE_OK, "Image %zu is placed", i);
		tap_is_u64(p.kind, IMAGE_ARM64, "Image %zu is recognised as an arm64 Image", i);
		tap_is_u64(p.entry - BASE, cases[i].at, "Image %zu is entered at its text_offset",
			   i);
		tap_is_u64(p.initrd - BASE, cases[i].initrd,
			   "Image %zu has its initrd where it belongs", i);
		tap_is_u64(p.dtb, (p.initrd + 4097 + 2 * MIB - 1) & ~(2 * MIB - 1),
			   "Image %zu has its FDT in 2 MiB of its own", i);
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

		tap_is_i64(image_place(&r, &p), IMAGE_OK, "RAM size number %zu: an Image is placed",
			   i);
		tap_is_u64(p.initrd - BASE, cases[i].initrd,
			   "RAM size number %zu: the initrd is where it belongs", i);
	}
}

/* Requests that do not fit, and the same with one byte less or more, which fit. */
static void test_limits(void)
{
	struct image_placement p;
	struct image_request r = request(1 * MIB, 0, 16 * MIB);

	header(0, 6 * MIB);
	tap_is_i64(image_place(&r, &p), IMAGE_OK,
		   "16 MiB of RAM hold an Image that ends in the middle");
	header(0, 14 * MIB);
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OUTSIDE,
		   "an Image that leaves no room for the FDT is refused");
	header(0, 14 * MIB + 1);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE,
		   "an Image one byte too long is refused");
	header(UINT64_MAX - 0xfff, 4096);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE,
		   "a text_offset that wraps around is refused");
	header(0, UINT64_MAX);
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE,
		   "an image_size that wraps around is refused");
	header(0x1002, 4096);
	tap_is_i64(image_place(&r, &p), IMAGE_BAD_ENTRY,
		   "a text_offset that is not aligned to an instruction is refused");

	header(0, 1 * MIB);
	r.initrd_size = 6 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK,
		   "an initrd with just enough room for the FDT behind it is placed");
	r.initrd_size = 6 * MIB + 1;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OUTSIDE,
		   "an initrd that leaves no room for the FDT is refused");
	r.initrd_size = 8 * MIB + 1;
	tap_is_i64(image_place(&r, &p), IMAGE_INITRD_OUTSIDE,
		   "an initrd one byte too long is refused");
	r.initrd_size = UINT64_MAX;
	tap_is_i64(image_place(&r, &p), IMAGE_INITRD_OUTSIDE,
		   "an initrd whose end wraps around is refused");

	/* The header says 1 MiB, but the file continues beyond the middle of RAM. */
	r.initrd_size = 100;
	r.kernel_size = 7 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_INITRD_OVERLAPS,
		   "a file longer than its image_size that overlaps the initrd is refused");
	r.kernel_size = 6 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK,
		   "a file longer than its image_size that ends at the initrd is placed");
}

static void test_overrides(void)
{
	struct image_placement p;
	struct image_request r = request(1 * MIB, 1 * MIB, 64 * MIB);

	header(0, 1 * MIB);
	r.load = BASE + 40 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a kernel with `load` is placed");
	tap_is_u64(p.entry, BASE + 40 * MIB, "`load` is where the kernel is entered");
	tap_is_u64(p.initrd, BASE + 41 * MIB, "a kernel with `load` has its initrd behind it");
	r.load = BASE + 63 * MIB;
	tap_is_i64(image_place(&r, &p), IMAGE_INITRD_OUTSIDE,
		   "`load` that leaves no room for the initrd is refused");
	r.load = BASE + 63 * MIB + 4;
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE,
		   "`load` from which the kernel reaches beyond RAM is refused");
	r.load = BASE - 4;
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE, "`load` below RAM is refused");
	r.load = UINT64_MAX - 3;
	tap_is_i64(image_place(&r, &p), IMAGE_KERNEL_OUTSIDE,
		   "`load` at the end of 64 bits is refused");
	r.load = BASE + 2;
	tap_is_i64(image_place(&r, &p), IMAGE_BAD_LOAD,
		   "`load` that is not a multiple of 4 is refused");

	r.load = IMAGE_DEFAULT;
	r.dtb = BASE;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "a kernel with `dtb` is placed");
	tap_is_u64(p.dtb, BASE, "`dtb` is where the FDT goes");
	tap_is_u64(p.x0, BASE, "x0 is `dtb` if that is given");
	r.dtb = p.kernel - 4096;
	tap_is_i64(image_place(&r, &p), IMAGE_OK, "`dtb` that ends at the kernel is accepted");
	r.dtb = p.kernel - 4088;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OVERLAPS_KERNEL,
		   "`dtb` that reaches into the kernel is refused");
	r.dtb = p.initrd + 8;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OVERLAPS_INITRD,
		   "`dtb` in the initrd is refused");
	r.dtb = BASE + 64 * MIB - 4088;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OUTSIDE,
		   "`dtb` that reaches beyond RAM is refused");
	r.dtb = 0;
	tap_is_i64(image_place(&r, &p), IMAGE_DTB_OUTSIDE, "`dtb` in the flash is refused");
	r.dtb = BASE + 4;
	tap_is_i64(image_place(&r, &p), IMAGE_BAD_DTB,
		   "`dtb` that is not a multiple of 8 is refused");
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
