/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every kind of file that is refused by name, in memory of exactly its size; and files that are
 * similar to one of these kinds and are not refused.
 */
#include "machine/foreign.h"
#include "tests/tap.h"
#include <stdlib.h>
#include <string.h>

#define SIZE 40000u

/*
 * What foreign_kernel() calls `size` bytes that are zero except for `magic` at `offset`, and
 * `also`; "" if it does not know them.
 */
static const char *name_of(size_t size, size_t offset, const char *magic, size_t length,
			   size_t also_at, const char *also, size_t also_length)
{
	static char name[FOREIGN_NAME];
	uint8_t *bytes = calloc(1, size != 0 ? size : 1);

	if (bytes == NULL)
		abort();
	if (offset < size)
		memcpy(bytes + offset, magic, length < size - offset ? length : size - offset);
	if (also_length != 0 && also_at < size)
		memcpy(bytes + also_at, also,
		       also_length < size - also_at ? also_length : size - also_at);
	if (!foreign_kernel(bytes, size, name))
		name[0] = '\0';
	free(bytes);
	return name;
}

#define AT(offset, bytes) offset, bytes, sizeof(bytes) - 1
#define NONE		  0, "", 0

static const struct {
	const char *name;
	size_t offset;
	const char *magic;
	size_t length;
	size_t also_at;
	const char *also;
	size_t also_length;
} kinds[] = {
	{"a 32-bit Arm zImage", AT(0x24, "\x18\x28\x6f\x01"), NONE},
	{"a big-endian 32-bit Arm zImage", AT(0x24, "\x01\x6f\x28\x18"), NONE},
	{"an x86 bzImage", AT(0x1fe, "\x55\xaa"), AT(0x202, "HdrS")},
	{"a RISC-V Image", AT(56, "RSC\x05"), NONE},
	{"a RISC-V Image", AT(48, "RISCV\0\0\0"), NONE},
	{"a U-Boot legacy image (uImage)", AT(0, "\x27\x05\x19\x56"), NONE},
	{"a devicetree blob or U-Boot FIT image", AT(0, "\xd0\x0d\xfe\xed"), NONE},
	{"an Android boot image", AT(0, "ANDROID!"), NONE},
	{"an Android vendor boot image", AT(0, "VNDRBOOT"), NONE},
	{"an xz file",
	 AT(0, "\xfd"
	       "7zXZ\0"),
	 NONE},
	{"a zstd file", AT(0, "\x28\xb5\x2f\xfd"), NONE},
	{"an lz4 file", AT(0, "\x04\x22\x4d\x18"), NONE},
	{"an lz4 file", AT(0, "\x02\x21\x4c\x18"), NONE},
	{"a bzip2 file", AT(0, "BZh9"), AT(4, "1AY&SY")},
	{"an lzma file", AT(0, "\x5d\0\0\x80\0"), AT(5, "\xff\xff\xff\xff\xff\xff\xff\xff")},
	{"an lzop file", AT(0, "\x89LZO\0\r\n\x1a\n"), NONE},
	{"an lzip file", AT(0, "LZIP"), NONE},
	{"a zip archive", AT(0, "PK\x03\x04"), NONE},
	{"a 7z archive", AT(0, "7z\xbc\xaf\x27\x1c"), NONE},
	{"a Debian package", AT(0, "!<arch>\n"), AT(8, "debian-binary")},
	{"an ar archive", AT(0, "!<arch>\n"), NONE},
	{"an RPM package", AT(0, "\xed\xab\xee\xdb"), NONE},
	{"a tar archive", AT(257, "ustar"), NONE},
	{"a cpio archive, as initrds are", AT(0, "070701"), NONE},
	{"a cpio archive, as initrds are", AT(0, "070702"), NONE},
	{"a cpio archive, as initrds are", AT(0, "070707"), NONE},
	{"a qcow2 disk image", AT(0, "QFI\xfb"), NONE},
	{"a disk image with a GPT", AT(512, "EFI PART"), NONE},
	{"an ISO 9660 image", AT(0x8001, "CD001"), NONE},
	{"a squashfs image", AT(0, "hsqs"), NONE},
	{"an ELF for x86-64",
	 AT(0, "\x7f"
	       "ELF\2\1\1"),
	 AT(18, "\x3e\0")},
	{"an ELF for 32-bit x86",
	 AT(0, "\x7f"
	       "ELF\1\1\1"),
	 AT(18, "\x03\0")},
	{"an ELF for 32-bit Arm",
	 AT(0, "\x7f"
	       "ELF\1\1\1"),
	 AT(18, "\x28\0")},
	{"an ELF for RISC-V",
	 AT(0, "\x7f"
	       "ELF\2\1\1"),
	 AT(18, "\xf3\0")},
	{"an ELF for s390",
	 AT(0, "\x7f"
	       "ELF\2\2\1"),
	 AT(18, "\0\x16")},
	{"an ELF for machine 4660",
	 AT(0, "\x7f"
	       "ELF\2\1\1"),
	 AT(18, "\x34\x12")},
	{"a 32-bit ELF for arm64",
	 AT(0, "\x7f"
	       "ELF\1\1\1"),
	 AT(18, "\xb7\0")},
	{"an EFI or Windows program for x86-64", AT(0x3c, "\x80"), AT(0x80, "PE\0\0\x64\x86")},
	{"an EFI or Windows program for arm64", AT(0x3c, "\x80"), AT(0x80, "PE\0\0\x64\xaa")},
	{"an EFI or Windows program for LoongArch", AT(0x3c, "\x80"), AT(0x80, "PE\0\0\x64\x62")},
	{"an EFI or Windows program for an unknown machine", AT(0x3c, "\x80"),
	 AT(0x80, "PE\0\0\1\2")},
};

static bool is_pe(size_t i)
{
	return strncmp(kinds[i].name, "an EFI", 6) == 0;
}

static const char *kind(size_t i, size_t size)
{
	/* A PE has a third magic, which the table has no room for. */
	static char pe[0x90];

	if (!is_pe(i))
		return name_of(size, kinds[i].offset, kinds[i].magic, kinds[i].length,
			       kinds[i].also_at, kinds[i].also, kinds[i].also_length);
	memset(pe, 0, sizeof(pe));
	memcpy(pe, "MZ", 2);
	memcpy(pe + kinds[i].offset, kinds[i].magic, kinds[i].length);
	memcpy(pe + kinds[i].also_at, kinds[i].also, kinds[i].also_length);
	return name_of(size, 0, pe, sizeof(pe), NONE);
}

static void test_kinds(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t end = kinds[i].offset + kinds[i].length;
		bool right = true;

		if (kinds[i].also_length != 0 && kinds[i].also_at + kinds[i].also_length > end)
			end = kinds[i].also_at + kinds[i].also_length;
		tap_ok(strcmp(kind(i, SIZE), kinds[i].name) == 0, "%s is recognised, kind %zu",
		       kinds[i].name, i);
		for (size_t size = 0; size < end && right; size++)
			right = strcmp(kind(i, size), kinds[i].name) != 0;
		tap_ok(right, "%s, kind %zu, is not recognised by a part of its magic",
		       kinds[i].name, i);
	}
}

static bool is_none(const void *bytes, size_t size)
{
	uint8_t *exact = malloc(size != 0 ? size : 1);
	char name[FOREIGN_NAME];
	bool found;

	if (exact == NULL)
		abort();
	memcpy(exact, bytes, size);
	found = foreign_kernel(exact, size, name);
	free(exact);
	return !found;
}

/* Kernels that run, and nearly look like one of those kinds. */
static void test_raw(void)
{
	static uint8_t bytes[SIZE];

	tap_ok(is_none(bytes, 0), "an empty file is not taken for a foreign kernel");
	tap_ok(is_none(bytes, SIZE), "zeroes are not taken for a foreign kernel");
	memcpy(bytes, "\0\0\0\x14", 4);
	tap_ok(is_none(bytes, 4), "a single branch is not taken for a foreign kernel");
	memcpy(bytes + 0x202, "HdrS", 4);
	tap_ok(is_none(bytes, SIZE), "HdrS alone is not taken for a bzImage");
	memcpy(bytes + 0x1fe, "\x55\xaa", 2);
	tap_ok(!is_none(bytes, SIZE), "HdrS behind the signature of a boot sector is a bzImage");
	memcpy(bytes + 56, "ARM\x64", 4);
	tap_ok(is_none(bytes, SIZE),
	       "an arm64 Image is not taken for a foreign kernel, whatever follows its header");

	memset(bytes, 0, SIZE);
	memcpy(bytes, "MZ", 2);
	tap_ok(is_none(bytes, SIZE),
	       "MZ without a PE header is not taken for a foreign kernel, as it may be an instruction");
	memcpy(bytes + 0x3c, "\xff\xff\xff\xff", 4);
	tap_ok(is_none(bytes, SIZE),
	       "MZ with a PE header outside of the file is not taken for a foreign kernel");
	memcpy(bytes + 0x3c, "\x3b\x9c\0\0", 4);
	memcpy(bytes + 39995, "PE\0\0\x64", 5);
	tap_ok(is_none(bytes, SIZE),
	       "MZ with a PE header that ends in its machine is not taken for a foreign kernel");
	memset(bytes, 0, SIZE);
	memcpy(bytes,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	bytes[18] = 183;
	tap_ok(is_none(bytes, SIZE), "an ELF64 for AArch64 is not taken for a foreign kernel");
	tap_ok(is_none(bytes, 19),
	       "an ELF that ends in its machine is not taken for a foreign kernel");
	memcpy(bytes, "BZh9", 4);
	tap_ok(is_none(bytes, SIZE), "BZh alone is not taken for bzip2");
	memcpy(bytes, "\x5d\0\0\x80", 4);
	tap_ok(is_none(bytes, SIZE),
	       "an instruction like the first bytes of lzma is not taken for a foreign kernel");
	memcpy(bytes, "\x1f\x8b\x08", 3);
	tap_ok(is_none(bytes, SIZE), "gzip is not taken for a foreign kernel");
}

static void test_text(void)
{
	static uint8_t bytes[5000];
	char name[FOREIGN_NAME];

	memset(bytes, 'x', sizeof(bytes));
	memcpy(bytes, "#!/bin/sh\n\t", 11);
	tap_ok(foreign_kernel(bytes, sizeof(bytes), name) && strcmp(name, "a text file") == 0,
	       "a text file is recognised as text");
	tap_ok(foreign_kernel(bytes, 1, name), "a file of one letter is recognised as text");
	bytes[4000] = 0x80;
	tap_ok(is_none(bytes, sizeof(bytes)),
	       "a file with a byte that is not ASCII is not taken for text");
	bytes[4000] = 0;
	tap_ok(is_none(bytes, sizeof(bytes)), "a file with a NUL is not taken for text");
}

int main(void)
{
	test_kinds();
	test_raw();
	test_text();
	return tap_done();
}
