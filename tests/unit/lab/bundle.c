/* SPDX-License-Identifier: BSD-2-Clause */
/* The bundle, read back as the hypervisor reads it. */
#include "tests/tap.h"
#include "tools/lab/bundle.h"
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KERNEL_SIZE 5000u
#define INITRD_SIZE 8192u

static uint8_t kernel[KERNEL_SIZE], initrd[INITRD_SIZE];
static char dir[] = "/tmp/pvtime-bundle-XXXXXX";
static char *bundle;
static size_t bundle_bytes;

static char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *name, const void *data, size_t size)
{
	FILE *f = fopen(path_of(name), "wb");

	if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
}

static uint64_t number(const char *path, const char *name)
{
	int length = 0;
	const void *p = fdt_getprop(bundle, fdt_path_offset(bundle, path), name, &length);

	return p != NULL && length == 4	  ? fdt32_ld(p)
	       : p != NULL && length == 8 ? fdt64_ld(p)
					  : 0xdeadbeefdeadbeef;
}

/* The bytes of a segment, NULL unless there are `size` of them in the bundle. */
static const void *segment(const char *path, uint64_t size)
{
	uint64_t offset = number(path, "offset");

	if (number(path, "size") != size || offset > bundle_bytes || size > bundle_bytes - offset)
		return NULL;
	return bundle + offset;
}

static bool holds(const char *path, const void *want, uint64_t size)
{
	const void *got = segment(path, size);

	return got != NULL && memcmp(got, want, size) == 0;
}

static void test_manifest(const struct lab *lab)
{
	tap_is_i64(fdt_check_full(bundle, bundle_bytes), 0, "the manifest is a valid FDT");
	tap_ok(fdt_node_check_compatible(bundle, 0, BUNDLE_COMPATIBLE) == 0,
	       "the manifest has its compatible string");
	tap_is_u64(number("/", "timeslice-us"), 4000, "the manifest has the lab's timeslice-us");
	tap_is_u64(number("/", "run-ns"), 1ull << 40, "the manifest has the run's run-ns");
	tap_is_u64(number("/", "sample-ns"), 100000000, "the manifest has the run's sample-ns");
	tap_is_u64(number("/", "epoch"), 1767225600, "the manifest has the run's epoch");
	tap_is_u64(number("/", "attached"), 1, "the manifest has the run's attached");
	tap_is_u64(number("/", "until"), 2, "the manifest has the run's until");
	tap_is_u64(number("/", "stamp-lines"), 1, "the manifest has the run's stamp-lines");
	tap_ok(strcmp(fdt_getprop(bundle, fdt_path_offset(bundle, "/vm@0"), "name", NULL),
		      "first") == 0,
	       "the manifest has VM 0's name");
	tap_is_u64(number("/vm@0", "vcpus"), 2, "the manifest has VM 0's vcpus");
	tap_is_u64(number("/vm@0", "memory"), 64u << 20, "the manifest has VM 0's memory");
	tap_is_u64(number("/vm@0", "weight"), 300, "the manifest has VM 0's weight");
	tap_is_u64(number("/vm@0", "cap"), 50, "the manifest has VM 0's cap");
	tap_is_u64(number("/vm@0", "pin"), 2, "the manifest has VM 0's pin");
	tap_is_u64(number("/vm@0", "stolen-time"), PVTIME_DIALECT_BETA2,
		   "the manifest has VM 0's stolen-time");
	tap_is_u64(number("/vm@0", "entry"), 0x40080000, "the manifest has VM 0's entry");
	tap_is_u64(number("/vm@0", "x0"), lab->vms[0].placement.dtb, "the manifest has VM 0's x0");
	tap_ok(fdt_getprop(bundle, fdt_path_offset(bundle, "/vm@0"), "big-endian", NULL) == NULL,
	       "the manifest does not mark a raw kernel as big-endian");
	tap_is_i64(fdt_path_offset(bundle, "/vm@3"), -FDT_ERR_NOTFOUND,
		   "the manifest of three VMs has no fourth VM");
}

static void test_segments(const struct lab *lab)
{
	tap_ok(holds("/vm@0/segment@0", kernel, KERNEL_SIZE), "segment 0 of VM 0 is the kernel");
	tap_is_u64(number("/vm@0/segment@0", "ipa"), 0x40080000,
		   "the kernel's segment has its IPA");
	tap_ok(holds("/vm@0/segment@1", initrd, INITRD_SIZE), "segment 1 of VM 0 is the initrd");
	tap_is_u64(number("/vm@0/segment@1", "ipa"), 0x42000000,
		   "the initrd's segment has its IPA");
	tap_ok(holds("/vm@0/segment@2", lab->vms[0].fdt, lab->vms[0].fdt_size),
	       "segment 2 of VM 0 is its FDT");
	tap_is_u64(number("/vm@0/segment@2", "ipa"), 0x42200000, "the FDT's segment has its IPA");
	tap_ok(holds("/vm@1/segment@1", lab->vms[1].fdt, lab->vms[1].fdt_size),
	       "each VM has its own FDT");
	tap_is_u64(number("/vm@1/segment@0", "offset"), number("/vm@0/segment@0", "offset"),
		   "two VMs share a kernel's bytes");
	tap_is_u64(number("/vm@0/segment@0", "offset") % BUNDLE_ALIGN, 0,
		   "a segment's bytes are aligned in the bundle");
	tap_is_u64(bundle_bytes % BUNDLE_ALIGN, 0, "the bundle's end is aligned");
	tap_ok(fdt_getprop(bundle, fdt_path_offset(bundle, "/vm@2"), "big-endian", NULL) != NULL,
	       "the manifest marks a big-endian ELF");
	tap_is_u64(number("/vm@2", "x0"), 0, "x0 of an ELF without `dtb` is 0");
	tap_is_u64(number("/vm@2/segment@0", "ipa"), 0x40100000,
		   "the segment of an ELF has its IPA");
	tap_is_u64(number("/vm@2/segment@0", "size"), 4,
		   "the segment of an ELF has the size of its part of the file");
	tap_is_u64(number("/vm@2/segment@1", "ipa"), 0x40000000,
		   "the FDT of an ELF is at the start of RAM");
	tap_is_i64(fdt_path_offset(bundle, "/vm@2/segment@2"), -FDT_ERR_NOTFOUND,
		   "the segment of an ELF that is all zeroes is left out");
}

/* A big-endian ELF with one instruction, and one segment of nothing but .bss. */
static void write_elf(void)
{
	static uint8_t elf[256] = "\177ELF\2\2\1";
	static const uint64_t header[][3] = {
		{18, 2, 183},	     {24, 8, 0x40100000},  {32, 8, 64},		 {54, 2, 56},
		{56, 2, 2},	     {64, 4, 1},	   {68, 4, 5},		 {72, 8, 200},
		{80, 8, 0x40100000}, {88, 8, 0x40100000},  {96, 8, 4},		 {104, 8, 4096},
		{120, 4, 1},	     {136, 8, 0x40200000}, {144, 8, 0x40200000}, {160, 8, 4096},
	};

	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++) {
		for (uint64_t j = 0; j < header[i][1]; j++)
			elf[header[i][0] + j] =
				(uint8_t)(header[i][2] >> 8 * (header[i][1] - 1 - j));
	}
	write_file("be.elf", elf, sizeof(elf));
}

static void write_lab(void)
{
	static const char text[] = "[lab]\npcpus = 2\n"
				   "[vm first]\nkernel = k\ninitrd = i\nvcpus = 2\nmemory = 64M\n"
				   "weight = 300\ncap = 50\npin = 1\nstolen_time = beta-2\n"
				   "[vm second]\nkernel = k\n[vm third]\nkernel = be.elf\n";

	write_file("k", kernel, sizeof(kernel));
	write_file("i", initrd, sizeof(initrd));
	write_elf();
	write_file("lab", text, sizeof(text) - 1);
}

int main(void)
{
	const struct lab_run run = {1ull << 40, 100000000, 1767225600, 1, 2, true};
	struct lab *lab;
	FILE *f;

	for (size_t i = 0; i < INITRD_SIZE; i++)
		initrd[i] = (uint8_t)(i ^ i >> 8);
	for (size_t i = 0; i < KERNEL_SIZE; i++)
		kernel[i] = (uint8_t)~initrd[i];
	if (mkdtemp(dir) == NULL)
		return 1;
	write_lab();
	lab = lab_load(path_of("lab"), stderr);
	if (tap_ok(lab != NULL, "a lab of three VMs is loaded")) {
		f = open_memstream(&bundle, &bundle_bytes);
		tap_is_i64(bundle_write(lab, &run, f), 0, "the bundle of a lab is written");
		fclose(f);
		tap_is_u64(bundle_bytes, bundle_size(lab),
			   "the bundle is as long as bundle_size() announces");
		test_manifest(lab);
		test_segments(lab);
		f = fopen("/dev/full", "w");
		tap_is_i64(bundle_write(lab, &run, f), -ENOSPC, "a full disk is an error");
		fclose(f);
		free(bundle);
		lab_free(lab);
	}
	for (const char *const *name = (const char *const[]){"k", "i", "be.elf", "lab", NULL};
	     *name != NULL; name++)
		unlink(path_of(*name));
	rmdir(dir);
	return tap_done();
}
