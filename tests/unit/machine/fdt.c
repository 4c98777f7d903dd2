/* SPDX-License-Identifier: BSD-2-Clause */
/* The guests' FDT, read back with libfdt; tests/qemu/placement.t compares it with QEMU's. */
#include "machine/fdt.h"
#include "machine/map.h"
#include "tests/tap.h"
#include <libfdt.h>
#include <string.h>

static uint8_t blob[MACHINE_FDT_MAX];

static struct machine_fdt base(void)
{
	return (struct machine_fdt){.cpu = "cortex-a57", .vcpus = 1, .memory = 256u << 20};
}

static uint32_t cell(const char *path, const char *name, unsigned index)
{
	int length = 0;
	const uint8_t *p = fdt_getprop(blob, fdt_path_offset(blob, path), name, &length);

	return p != NULL && (unsigned)length >= 4 * (index + 1)
		       ? fdt32_ld((const void *)(p + 4 * index))
		       : 0xdeadbeef;
}

static bool is_string(const char *path, const char *name, const char *want)
{
	const char *p = fdt_getprop(blob, fdt_path_offset(blob, path), name, NULL);

	return p != NULL && strcmp(p, want) == 0;
}

static int length_of(const char *path, const char *name)
{
	int length = -1;

	fdt_getprop(blob, fdt_path_offset(blob, path), name, &length);
	return length;
}

static void build(const struct machine_fdt *c, const char *name)
{
	int size = machine_fdt_build(c, blob, sizeof(blob));

	tap_ok(size > 0 && (size_t)size <= sizeof(blob), "%s: the FDT is built", name);
	tap_is_i64(fdt_check_full(blob, (size_t)size), 0, "%s: the FDT is valid", name);
}

static void test_chosen(void)
{
	struct machine_fdt c = base();
	static char bootargs[2048];

	build(&c, "without initrd and bootargs");
	tap_is_i64(length_of("/chosen", "bootargs"), -FDT_ERR_NOTFOUND,
		   "an FDT without bootargs has no such property");
	tap_is_i64(length_of("/chosen", "linux,initrd-start"), -FDT_ERR_NOTFOUND,
		   "an FDT without an initrd has no linux,initrd-start");
	tap_ok(fdt_path_offset(blob, "/pl011@9000000") >= 0 &&
		       is_string("/chosen", "stdout-path", "/pl011@9000000"),
	       "stdout-path is the UART");

	memset(bootargs, 'x', sizeof(bootargs) - 1);
	c.bootargs = bootargs;
	c.vcpus = 8;
	c.stolen_time = true;
	c.initrd = 0x48000000;
	c.initrd_size = 0x1234;
	build(&c, "the largest");
	tap_is_i64(length_of("/chosen", "bootargs"), 2048, "2047 bytes of bootargs are kept whole");
	tap_is_u64(cell("/chosen", "linux,initrd-start", 0), 0x48000000,
		   "linux,initrd-start is the initrd's address");
	tap_is_u64(cell("/chosen", "linux,initrd-end", 0), 0x48001234,
		   "linux,initrd-end is the initrd's end");
	tap_is_i64(length_of("/chosen", "linux,initrd-end"), 4, "linux,initrd-end has one cell");

	c.initrd = 0xffffff000;
	build(&c, "initrd above 4 GiB");
	tap_is_u64(cell("/chosen", "linux,initrd-end", 0), 0x10,
		   "linux,initrd-end above 4 GiB has its high cell");
	tap_is_u64(cell("/chosen", "linux,initrd-end", 1), 0x234,
		   "linux,initrd-end above 4 GiB has its low cell");
}

static void test_cpus(void)
{
	static const struct {
		const char *cpu, *compatible;
	} types[] = {{"cortex-a57", "arm,cortex-a57"},
		     {"cortex-a72", "arm,cortex-a72"},
		     {"neoverse-n1", "arm,neoverse-n1"},
		     {"max", "arm,cortex-a57"}};
	struct machine_fdt c = base();

	for (uint32_t vcpus = 1; vcpus <= 8; vcpus++) {
		char path[64];
		unsigned found = 0;
		int node;

		c.vcpus = vcpus;
		build(&c, "CPUs");
		fdt_for_each_subnode(node, blob, fdt_path_offset(blob, "/cpus")) found +=
			fdt_getprop(blob, node, "reg", NULL) != NULL;
		tap_is_u64(found, vcpus, "the FDT has %u CPUs", vcpus);
		snprintf(path, sizeof(path), "/cpus/cpu@%u", vcpus - 1);
		tap_is_u64(cell(path, "reg", 0), vcpus - 1, "the last CPU's node has its MPIDR");
		tap_ok(is_string(path, "enable-method", "psci"), "the last CPU is started by PSCI");
		node = fdt_path_offset(blob, path);
		snprintf(path, sizeof(path), "/cpus/cpu-map/socket0/cluster0/core%u", vcpus - 1);
		tap_is_i64(fdt_node_offset_by_phandle(blob, cell(path, "cpu", 0)), node,
			   "the CPU map names the last CPU's node");
	}
	for (size_t i = 0; i < 4; i++) {
		c.cpu = types[i].cpu;
		build(&c, types[i].cpu);
		tap_ok(is_string("/cpus/cpu@0", "compatible", types[i].compatible), "cpu@0 is %s",
		       types[i].compatible);
	}
	c.cpu = "cortex-a53";
	tap_is_i64(machine_fdt_build(&c, blob, sizeof(blob)), -FDT_ERR_BADVALUE,
		   "an unknown CPU is refused");
	c.cpu = "max";
	c.vcpus = 9;
	tap_is_i64(machine_fdt_build(&c, blob, sizeof(blob)), -FDT_ERR_BADVALUE,
		   "9 vCPUs are refused");
	c.vcpus = 0;
	tap_is_i64(machine_fdt_build(&c, blob, sizeof(blob)), -FDT_ERR_BADVALUE,
		   "0 vCPUs are refused");
	c.vcpus = 8;
	tap_is_i64(machine_fdt_build(&c, blob, 1024), -FDT_ERR_NOSPACE,
		   "a buffer that is too small is refused");
}

static void test_machine(void)
{
	static const uint32_t timer[12] = {1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4};
	static const char region[] = "/reserved-memory/pvtime@90a0000";
	struct machine_fdt c = base();
	bool same = true;

	c.memory = 0x123450000;
	build(&c, "machine");
	tap_is_u64(cell("/memory@40000000", "reg", 1), 0x40000000,
		   "the memory node has the base of RAM");
	tap_is_u64(cell("/memory@40000000", "reg", 2), 1,
		   "the memory node has the high cell of RAM's size");
	tap_is_u64(cell("/memory@40000000", "reg", 3), 0x23450000,
		   "the memory node has the low cell of RAM's size");
	for (unsigned i = 0; i < 12; i++)
		same = same && cell("/timer", "interrupts", i) == timer[i];
	tap_ok(same && length_of("/timer", "interrupts") == 48,
	       "the timer node has its interrupts");
	tap_is_u64(cell("/pl011@9000000", "interrupts", 1), 1, "the UART's node has its SPI");
	tap_is_u64(cell("/", "interrupt-parent", 0),
		   fdt_get_phandle(blob, fdt_path_offset(blob, "/intc@8000000")),
		   "the GIC is the root's interrupt parent");
	tap_is_u64(cell("/pl011@9000000", "clocks", 1),
		   fdt_get_phandle(blob, fdt_path_offset(blob, "/apb-pclk")),
		   "the UART's node has its clock");
	tap_is_u64(cell("/pl031@9010000", "reg", 1), 0x09010000,
		   "the PL031's node has its address");
	tap_is_u64(cell("/pl031@9010000", "clocks", 0),
		   fdt_get_phandle(blob, fdt_path_offset(blob, "/apb-pclk")),
		   "the PL031's node has its clock");
	tap_is_i64(length_of("/pl031@9010000", "interrupts"), -FDT_ERR_NOTFOUND,
		   "the PL031's node has no interrupt");
	tap_ok(is_string("/psci", "method", "hvc"), "PSCI is by HVC unless `smc` is set");
	tap_ok(fdt_stringlist_contains(
		       fdt_getprop(blob, fdt_path_offset(blob, "/psci"), "compatible", NULL),
		       length_of("/psci", "compatible"), "arm,psci-1.0"),
	       "the PSCI node is compatible with PSCI 1.0");
	tap_is_i64(fdt_path_offset(blob, "/reserved-memory"), -FDT_ERR_NOTFOUND,
		   "R-32: a VM without stolen time has no reserved region");
	tap_is_i64(fdt_path_offset(blob, "/pmu"), -FDT_ERR_NOTFOUND, "the FDT has no PMU");

	c.smc = true;
	c.stolen_time = true;
	build(&c, "with stolen time");
	tap_ok(is_string("/psci", "method", "smc"), "PSCI is by SMC if `smc` is set");
	tap_is_u64(cell(region, "reg", 1), MAP_PVTIME_BASE, "R-20: the region is reserved");
	tap_is_u64(cell(region, "reg", 3), MAP_PVTIME_SIZE,
		   "R-20: the reserved region has its whole size");
	tap_is_i64(length_of(region, "no-map"), 0, "R-20: the reserved region is marked no-map");
}

/* How many bits, of 320, differ between two sets of seeds. */
static unsigned distance(const struct machine_fdt *a, const struct machine_fdt *b)
{
	unsigned bits = (unsigned)__builtin_popcountll(a->kaslr_seed ^ b->kaslr_seed);

	for (size_t i = 0; i < sizeof(a->rng_seed); i++)
		bits += (unsigned)__builtin_popcount((unsigned)(a->rng_seed[i] ^ b->rng_seed[i]));
	return bits;
}

static void test_seeds(void)
{
	struct machine_fdt set[64];
	bool apart = true;

	for (uint32_t i = 0; i < 64; i++)
		machine_fdt_seed(&set[i], i / 8, i % 8);
	for (unsigned i = 0; i < 64; i++) {
		for (unsigned j = 0; j < i; j++) {
			unsigned d = distance(&set[i], &set[j]);

			apart = apart && d > 100 && d < 220;
		}
	}
	tap_ok(apart, "seeds of 8 labs of 8 VMs have about half of their bits in common");
	machine_fdt_seed(&set[0], 7, 7);
	tap_is_u64(distance(&set[0], &set[63]), 0, "the same numbers give the same seeds");

	set[0].cpu = "max";
	set[0].vcpus = 1;
	set[0].bootargs = NULL;
	set[0].initrd_size = 0;
	build(&set[0], "seeds");
	tap_is_u64((uint64_t)cell("/chosen", "kaslr-seed", 0) << 32 |
			   cell("/chosen", "kaslr-seed", 1),
		   set[0].kaslr_seed, "kaslr-seed in the FDT is the seed");
	tap_ok(length_of("/chosen", "rng-seed") == 32 &&
		       memcmp(fdt_getprop(blob, fdt_path_offset(blob, "/chosen"), "rng-seed", NULL),
			      set[0].rng_seed, 32) == 0,
	       "rng-seed in the FDT is the seed");
}

int main(void)
{
	test_chosen();
	test_cpus();
	test_machine();
	test_seeds();
	return tap_done();
}
