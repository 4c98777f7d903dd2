/* SPDX-License-Identifier: BSD-2-Clause */
/* Valid lab files; tests/tools/lab_errors.t has invalid ones. */
#include "tests/tap.h"
#include "tools/lab/bundle.h"
#include "tools/lab/file.h"
#include "tools/lab/value.h"
#include "machine/board.h"
#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB (1ull << 20)

static char dir[] = "/tmp/pvtime-labfile-XXXXXX";

static void write_file(const char *name, const void *data, size_t size)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
}

static void remove_file(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

static struct lab *load(const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/test.lab", dir);
	write_file("test.lab", text, strlen(text));
	return lab_load(path, stderr);
}

static void test_defaults(void)
{
	struct lab *lab = load("[vm a]\nkernel = kernel.bin\n");
	const struct lab_vm *vm;

	if (!tap_ok(lab != NULL, "the shortest lab is loaded"))
		return;
	vm = &lab->vms[0];
	tap_is_u64(lab->pcpus, 1, "pcpus is 1 by default");
	tap_ok(strcmp(lab->cpu, "cortex-a57") == 0, "cpu is cortex-a57 by default");
	tap_is_u64(lab->timeslice_us, 4000, "timeslice_us is 4000 by default");
	tap_is_u64(lab->seed, 1, "seed is 1 by default");
	tap_is_u64(lab->vm_count, 1, "the shortest lab has one VM");
	tap_ok(strcmp(vm->name, "a") == 0, "the VM has its name");
	tap_is_u64(vm->vcpus, 1, "vcpus is 1 by default");
	tap_is_u64(vm->memory, 256 * MIB, "memory is 256 MiB by default");
	tap_is_u64(vm->weight, 100, "weight is 100 by default");
	tap_is_u64(vm->cap, 0, "a VM has no cap by default");
	tap_is_u64(vm->pin, 1, "a VM may run on every CPU by default");
	tap_is_u64(vm->stolen_time, PVTIME_DIALECT_1_0, "stolen_time is 1.0 by default");
	tap_ok(!vm->smc, "conduit is hvc by default");
	tap_ok(vm->append == NULL && vm->initrd == NULL,
	       "a VM has no append and no initrd by default");
	tap_is_u64(vm->placement.entry, 0x40080000, "a raw kernel's entry is where QEMU places it");
	lab_free(lab);
}

static void test_everything(void)
{
	struct lab *lab =
		load("\xef\xbb\xbf; a comment\r\n# another\r\n\r\n"
		     "[vm second-vm-0009]\r\n"
		     "kernel=kernel.bin\r\n"
		     "initrd =\tinitrd.bin \r\n"
		     "  append  =  console=ttyAMA0 a=\"b # c\" ; [x] /* d */ caf\xc3\xa9 \\\r\n"
		     "vcpus = 8\r\nmemory = 16448K\r\nweight = 10000\r\ncap = 100\r\n"
		     "pin = 0, 2-3 5\r\nstolen_time = beta-2\r\nconduit = smc\r\n"
		     "load = 0x40200000\r\ndtb = 1073741824\r\n"
		     "[vm b]\r\nkernel = kernel.bin\r\nstolen_time=off\r\nmemory = 1g\r\n"
		     "[lab]\r\npcpus = 8\r\ncpu = max\r\nmemory = 3G\r\n"
		     "timeslice_us = 100\r\nseed = 0xffffffffffffffff");
	const struct lab_vm *vm;

	if (!tap_ok(lab != NULL,
		    "a lab with every key, CR LF, a BOM, [lab] last and no newline at the end is loaded"))
		return;
	vm = &lab->vms[0];
	tap_is_u64(lab->pcpus, 8, "pcpus = 8 in [lab] is read");
	tap_ok(strcmp(lab->cpu, "max") == 0, "cpu = max in [lab] is read");
	tap_is_u64(lab_board_memory(lab), 3072 * MIB, "the board's memory is read");
	tap_is_u64(lab->timeslice_us, 100, "timeslice_us is read");
	tap_is_u64(lab->seed, UINT64_MAX, "seed is read");
	tap_is_u64(lab->vm_count, 2, "two VMs are read");
	tap_is_u64(lab->vcpus, 9, "a lab has the vCPUs of both VMs");
	tap_ok(lab_find_vm(lab, "second-vm-0009") == 0 && lab_find_vm(lab, "b") == 1 &&
		       lab_find_vm(lab, "c") == -1,
	       "VMs are found by name, in the order of the file");
	tap_ok(strcmp(vm->append, "console=ttyAMA0 a=\"b # c\" ; [x] /* d */ caf\xc3\xa9 \\") == 0,
	       "append is read whole: %s", vm->append);
	tap_is_u64(vm->vcpus, 8, "vcpus is read");
	tap_is_u64(vm->memory, 16448 * 1024, "memory in steps of 64 KiB is read");
	tap_is_u64(vm->weight, 10000, "weight is read");
	tap_is_u64(vm->cap, 100, "cap is read");
	tap_is_u64(vm->pin, 0x2d, "pin is read");
	tap_is_u64(vm->stolen_time, PVTIME_DIALECT_BETA2, "stolen_time is read");
	tap_ok(vm->smc, "conduit is read");
	tap_is_u64(vm->placement.entry, 0x40200000, "load moves the kernel's entry");
	tap_is_u64(vm->placement.x0, 0x40000000, "dtb is the kernel's x0");
	tap_is_u64(vm->initrd->size, 10000, "initrd is read");
	tap_is_u64(lab->vms[1].stolen_time, PVTIME_DIALECT_OFF, "stolen_time off is read");
	tap_is_i64(fdt_path_offset(lab->vms[1].fdt, "/reserved-memory"), -FDT_ERR_NOTFOUND,
		   "R-32: a VM without stolen time has no reserved memory");
	tap_ok(fdt_path_offset(vm->fdt, "/reserved-memory") >= 0,
	       "a VM with stolen time has reserved memory");
	tap_is_u64(lab->vms[1].memory, 1024 * MIB, "1g is 1 GiB");
	tap_ok(lab->vms[1].kernel == vm->kernel, "the kernel of two VMs is read once");
	lab_free(lab);
}

static void test_longest_append(void)
{
	static char text[4096], line[LAB_APPEND_MAX + 1];
	struct lab *lab;

	memset(line, 'x', LAB_APPEND_MAX);
	for (size_t i = 50; i < LAB_APPEND_MAX; i += 50)
		line[i] = " ;#="[i / 50 % 4];
	snprintf(text, sizeof(text), "[vm a]\nkernel = kernel.bin\nappend = %s\nvcpus = 2\n", line);
	lab = load(text);
	if (!tap_ok(lab != NULL, "an append of 2047 bytes is accepted"))
		return;
	tap_ok(strcmp(lab->vms[0].append, line) == 0, "an append of 2047 bytes is kept whole");
	tap_ok(strcmp(fdt_getprop(lab->vms[0].fdt, fdt_path_offset(lab->vms[0].fdt, "/chosen"),
				  "bootargs", NULL),
		      line) == 0,
	       "an append of 2047 bytes is whole in the FDT");
	tap_is_u64(lab->vms[0].vcpus, 2, "the key behind an append of 2047 bytes is read");
	lab_free(lab);
}

static void test_most(void)
{
	static char text[64 * 64];
	struct lab *lab;
	size_t at = 0;

	for (int i = 0; i < 64; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
				       "[vm v%d]\nkernel = kernel.bin\nmemory = 16M\n", i);
	lab = load(text);
	if (!tap_ok(lab != NULL, "a lab of 64 VMs of one vCPU is loaded"))
		return;
	tap_ok(lab_find_vm(lab, "v63") == 63, "64 VMs keep their order");
	tap_ok(lab->memory >= 64 * 16 * MIB + BOARD_HYPERVISOR_SIZE,
	       "the board has room for 64 VMs");
	tap_ok(lab->memory <= bundle_needs(lab) + 64 * MIB,
	       "the board of 64 VMs has at most 64 MiB to spare");
	lab_free(lab);
}

/* The least memory that is enough is accepted, and 1 MiB less is refused. */
static void test_board(void)
{
	static const char format[] = "[lab]\nmemory = %" PRIu64 "M\n[vm a]\nkernel = kernel.bin\n"
				     "memory = 100M\n[vm b]\nkernel = kernel.bin\nmemory = 1G\n"
				     "[vm c]\nkernel = kernel.bin\n";
	char text[256];
	uint64_t needs;
	struct lab *lab;

	snprintf(text, sizeof(text), format, (uint64_t)4096);
	lab = load(text);
	if (!tap_ok(lab != NULL, "a lab with more memory than it needs is loaded"))
		return;
	needs = bundle_needs(lab) / MIB;
	lab_free(lab);
	/* 100M below the bundle, 1G from the next GiB on, 256M between the two. */
	tap_is_u64(needs, 2048, "bundle_needs() includes the alignment of the VMs");
	snprintf(text, sizeof(text), format, needs);
	lab = load(text);
	tap_ok(lab != NULL, "a lab with just the memory that it needs is loaded");
	lab_free(lab);
	snprintf(text, sizeof(text), format, needs - 1);
	write_file("test.lab", text, strlen(text));
	snprintf(text, sizeof(text), "%s/test.lab", dir);
	tap_ok(lab_load(text, NULL) == NULL, "a lab with 1 MiB less than it needs is refused");
}

static void test_values(void)
{
	static const char *const bad_numbers[] = {"",
						  " 1",
						  "+1",
						  "-1",
						  "1 ",
						  "0x",
						  "0x0x1",
						  "1.0",
						  "18446744073709551616",
						  "0x10000000000000000",
						  "1K"};
	static const char *const bad_sizes[] = {"",
						"K",
						"1KB",
						"1 K",
						"0x10",
						"1T",
						"1KK",
						"-1K",
						"18014398509481984K",
						"17179869184G"};
	static const char *const bad_cpus[] = {"",
					       ",",
					       "1,",
					       "a",
					       "1-",
					       "-1",
					       "3-1",
					       "32",
					       "1,,2",
					       "1;2",
					       "0-99999999999999999999"};
	static const char *const bad_names[] = {"",	    "A", "a_b", "a b", "0123456789abcdef",
						"\xc3\xa9", "a."};
	uint64_t n;
	uint32_t mask;

	for (size_t i = 0; i < sizeof(bad_numbers) / sizeof(bad_numbers[0]); i++)
		tap_ok(!labvalue_number(bad_numbers[i], &n), "labvalue_number() refuses \"%s\"",
		       bad_numbers[i]);
	for (size_t i = 0; i < sizeof(bad_sizes) / sizeof(bad_sizes[0]); i++)
		tap_ok(!labvalue_size(bad_sizes[i], &n), "labvalue_size() refuses \"%s\"",
		       bad_sizes[i]);
	for (size_t i = 0; i < sizeof(bad_cpus) / sizeof(bad_cpus[0]); i++)
		tap_ok(!labvalue_cpus(bad_cpus[i], &mask), "labvalue_cpus() refuses \"%s\"",
		       bad_cpus[i]);
	for (size_t i = 0; i < sizeof(bad_names) / sizeof(bad_names[0]); i++)
		tap_ok(!labvalue_name(bad_names[i]), "labvalue_name() refuses \"%s\"",
		       bad_names[i]);
	tap_ok(labvalue_number("010", &n) && n == 10, "a number with a leading zero is decimal");
	tap_ok(labvalue_number("0xFFffffffFFFFFFFF", &n) && n == UINT64_MAX,
	       "the largest number of 64 bits is accepted");
	tap_ok(labvalue_size("17179869183G", &n) && n == 17179869183ull << 30,
	       "the largest size of 64 bits is accepted");
	tap_ok(labvalue_cpus("0-31", &mask) && mask == UINT32_MAX,
	       "a range of all CPUs is accepted");
	tap_ok(labvalue_cpus(" 1 , 3\t5", &mask) && mask == 0x2a,
	       "a list of CPUs may contain blanks");
	tap_ok(labvalue_name("0123456789-abcd") && labvalue_name("-"),
	       "names of digits, letters and dashes are accepted");
}

int main(void)
{
	static const uint8_t kernel[4096] = {0x00, 0x00, 0x00, 0x14}; /* b . */
	static const uint8_t initrd[10000];

	if (mkdtemp(dir) == NULL)
		return 1;
	write_file("kernel.bin", kernel, sizeof(kernel));
	write_file("initrd.bin", initrd, sizeof(initrd));
	test_defaults();
	test_everything();
	test_longest_append();
	test_most();
	test_board();
	test_values();
	remove_file("kernel.bin");
	remove_file("initrd.bin");
	remove_file("test.lab");
	rmdir(dir);
	return tap_done();
}
