/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/foreign.h"
#include "machine/elf64.h"
#include <stdio.h>
#include <string.h>

/*
 * In a file that begins with "MZ": the offset of the pointer to its PE header, and of Machine in
 * that header.
 */
#define PE_POINTER 0x3cu
#define PE_MACHINE 4u

#define ELF_CLASS   4u
#define ELF_DATA    5u
#define ELF_MACHINE 18u
#define EM_AARCH64  183u

#define TEXT_LOOKED_AT 4096u

/* Identifies a kind of file: some bytes at an offset. */
struct magic {
	size_t offset;
	size_t length;
	const char *bytes;
};

/* The members of a struct magic. */
#define AT(offset, bytes) offset, sizeof(bytes) - 1, bytes

/*
 * `also` is a second magic for kinds for which one is not reliable. Its length is 0 if there is
 * none.
 */
static const struct {
	const char *name;
	struct magic magic, also;
} files[] = {
	/* Linux for other machines. */
	{"a 32-bit Arm zImage", {AT(0x24, "\x18\x28\x6f\x01")}, {0}},
	{"a big-endian 32-bit Arm zImage", {AT(0x24, "\x01\x6f\x28\x18")}, {0}},
	{"an x86 bzImage", {AT(0x202, "HdrS")}, {AT(0x1fe, "\x55\xaa")}},
	{"a RISC-V Image", {AT(56, "RSC\x05")}, {0}},
	{"a RISC-V Image", {AT(48, "RISCV\0\0\0")}, {0}},
	/* Kernels in the format of another loader. */
	{"a U-Boot legacy image (uImage)", {AT(0, "\x27\x05\x19\x56")}, {0}},
	{"a devicetree blob or U-Boot FIT image", {AT(0, "\xd0\x0d\xfe\xed")}, {0}},
	{"an Android boot image", {AT(0, "ANDROID!")}, {0}},
	{"an Android vendor boot image", {AT(0, "VNDRBOOT")}, {0}},
	/* Compressed files and archives. gzip is not here, because it is unpacked. */
	{"an xz file", {AT(0, "\xfd\x37zXZ\0")}, {0}},
	{"a zstd file", {AT(0, "\x28\xb5\x2f\xfd")}, {0}},
	{"an lz4 file", {AT(0, "\x04\x22\x4d\x18")}, {0}},
	{"an lz4 file", {AT(0, "\x02\x21\x4c\x18")}, {0}},
	{"a bzip2 file", {AT(0, "BZh")}, {AT(4, "\x31\x41\x59\x26\x53\x59")}},
	{"an lzma file", {AT(0, "\x5d\0\0")}, {AT(5, "\xff\xff\xff\xff\xff\xff\xff\xff")}},
	{"an lzop file", {AT(0, "\x89LZO\0\x0d\x0a\x1a\x0a")}, {0}},
	{"an lzip file", {AT(0, "LZIP")}, {0}},
	{"a zip archive", {AT(0, "PK\x03\x04")}, {0}},
	{"a 7z archive", {AT(0, "7z\xbc\xaf\x27\x1c")}, {0}},
	/* Packages and archives that a kernel may be in; an initramfs. */
	{"a Debian package", {AT(0, "!<arch>\n")}, {AT(8, "debian-binary")}},
	{"an ar archive", {AT(0, "!<arch>\n")}, {0}},
	{"an RPM package", {AT(0, "\xed\xab\xee\xdb")}, {0}},
	{"a tar archive", {AT(257, "ustar")}, {0}},
	{"a cpio archive, as initrds are", {AT(0, "070701")}, {0}},
	{"a cpio archive, as initrds are", {AT(0, "070702")}, {0}},
	{"a cpio archive, as initrds are", {AT(0, "070707")}, {0}},
	/* Disks. */
	{"a qcow2 disk image", {AT(0, "QFI\xfb")}, {0}},
	{"a disk image with a GPT", {AT(512, "EFI PART")}, {0}},
	{"an ISO 9660 image", {AT(0x8001, "CD001")}, {0}},
	{"a squashfs image", {AT(0, "hsqs")}, {0}},
};

/* Machines by their number in ELF (e_machine) and PE (Machine); 0 if they have none there. */
static const struct {
	uint16_t elf, pe;
	const char *name;
} machines[] = {
	{EM_AARCH64, 0xaa64, "arm64"},
	{62, 0x8664, "x86-64"},
	{3, 0x14c, "32-bit x86"},
	{40, 0x1c0, "32-bit Arm"},
	{0, 0x1c2, "32-bit Arm"},
	{0, 0x1c4, "32-bit Arm"},
	{243, 0x5064, "RISC-V"},
	{0, 0x5032, "RISC-V"},
	{258, 0x6264, "LoongArch"},
	{0, 0x6232, "LoongArch"},
	{8, 0, "MIPS"},
	{20, 0, "32-bit PowerPC"},
	{21, 0, "PowerPC"},
	{22, 0, "s390"},
	{247, 0, "BPF"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool has(const uint8_t *bytes, size_t size, const struct magic *m)
{
	return size >= m->length && m->offset <= size - m->length &&
	       (m->length == 0 || memcmp(bytes + m->offset, m->bytes, m->length) == 0);
}

static const char *by_magic(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < COUNT(files); i++) {
		if (has(bytes, size, &files[i].magic) && has(bytes, size, &files[i].also))
			return files[i].name;
	}
	return NULL;
}

const char *foreign_pe(const uint8_t *bytes, size_t size)
{
	uint32_t header;
	uint16_t machine;

	if (size < PE_POINTER + 4 || memcmp(bytes, "MZ", 2) != 0)
		return NULL;
	header = elf64_get32(bytes + PE_POINTER, false);
	if (header > size || size - header < PE_MACHINE + 2 ||
	    memcmp(bytes + header, "PE\0\0", PE_MACHINE) != 0)
		return NULL;
	machine = elf64_get16(bytes + header + PE_MACHINE, false);
	for (size_t i = 0; i < COUNT(machines); i++) {
		if (machines[i].pe != 0 && machines[i].pe == machine)
			return machines[i].name;
	}
	return "an unknown machine";
}

/* An ELF whose header is too short or invalid is left to elf64_read(). */
static bool foreign_elf(const uint8_t *bytes, size_t size, char *name)
{
	uint16_t machine;
	bool elf64;

	if (!elf64_is_elf(bytes, size) || size < ELF_MACHINE + 2 || bytes[ELF_DATA] < 1 ||
	    bytes[ELF_DATA] > 2)
		return false;
	machine = elf64_get16(bytes + ELF_MACHINE, bytes[ELF_DATA] == 2);
	elf64 = bytes[ELF_CLASS] == 2;
	if (machine == EM_AARCH64 && elf64)
		return false;
	snprintf(name, FOREIGN_NAME, "an ELF for machine %u", machine);
	for (size_t i = 0; i < COUNT(machines); i++) {
		if (machines[i].elf != 0 && machines[i].elf == machine)
			snprintf(name, FOREIGN_NAME, "%s for %s",
				 machine == EM_AARCH64 ? "a 32-bit ELF" : "an ELF",
				 machines[i].name);
	}
	return true;
}

/* No AArch64 program consists of printable ASCII, because branches and returns do not. */
static bool is_text(const uint8_t *bytes, size_t size)
{
	size_t looked_at = size < TEXT_LOOKED_AT ? size : TEXT_LOOKED_AT;

	for (size_t i = 0; i < looked_at; i++) {
		if ((bytes[i] < ' ' || bytes[i] > '~') &&
		    (bytes[i] == 0 || strchr("\t\n\r\f", bytes[i]) == NULL))
			return false;
	}
	return size != 0;
}

bool foreign_kernel(const uint8_t *bytes, size_t size, char name[FOREIGN_NAME])
{
	const char *found = by_magic(bytes, size);

	if (image_is_arm64(bytes, size))
		return false;
	if (found == NULL && foreign_elf(bytes, size, name))
		return true;
	if (found == NULL && is_text(bytes, size))
		found = "a text file";
	if (found != NULL) {
		snprintf(name, FOREIGN_NAME, "%s", found);
		return true;
	}
	found = foreign_pe(bytes, size);
	if (found != NULL)
		snprintf(name, FOREIGN_NAME, "an EFI or Windows program for %s", found);
	return found != NULL;
}
