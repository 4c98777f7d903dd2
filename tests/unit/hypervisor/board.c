/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What board_read() reads from the board's FDT: from the FDTs that QEMU makes (mk/hypervisor.mk
 * runs it), and from FDTs in which something is missing or broken.
 */
#include "board.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 0x200000

static char good[ROOM], fdt[ROOM];

static bool read_file(const char *name)
{
	const char *build = getenv("BUILD");
	char path[256];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/boards/%s", build ? build : "build", name);
	f = fopen(path, "rb");
	if (!f) {
		tap_ok(false, "%s: %s", path, strerror(errno));
		return false;
	}
	n = fread(fdt, 1, sizeof(fdt), f);
	fclose(f);
	/* QEMU's FDT has 1 MiB, most of it empty. */
	return n > sizeof(struct fdt_header) && !fdt_open_into(fdt, good, sizeof(good)) &&
	       !fdt_pack(good);
}

/* A copy of the good FDT, with room to change it. */
static void fresh(void)
{
	if (fdt_open_into(good, fdt, sizeof(fdt)))
		abort();
}

static int node(const char *compatible)
{
	int found = fdt_node_offset_by_compatible(fdt, -1, compatible);

	if (found < 0)
		abort();
	return found;
}

static void from_qemu(unsigned cpus, unsigned mib)
{
	char name[32];
	struct board b;
	const char *wrong;
	bool in_order = true;

	snprintf(name, sizeof(name), "%u-%u.dtb", cpus, mib);
	if (!read_file(name))
		return;
	wrong = board_read(good, &b);
	tap_ok(!wrong, "board_read() accepts QEMU's FDT for %u CPUs and %u MiB: %s", cpus, mib,
	       wrong ? wrong : "no error");
	tap_is_u64(b.cpu_count, cpus, "the board has the number of CPUs that QEMU was given");
	for (unsigned i = 0; i < b.cpu_count; i++)
		in_order = in_order && b.cpu_mpidr[i] == i;
	tap_ok(in_order, "the CPUs' MPIDRs are 0, 1, 2 and so on");
	tap_ok(b.memory_count == 1 && b.memory[0].base == 0x40000000 &&
		       b.memory[0].size == mib * MIB,
	       "the board has one memory range, of the size that QEMU was given");
	tap_ok(b.uart.base == 0x09000000 && b.uart.size == 0x1000 && b.uart_intid == 33,
	       "the board has the UART of QEMU's virt");
	tap_ok(b.gicd.base == 0x08000000 && b.gicd.size == 0x10000 && b.gicr_regions == 1 &&
		       b.gicr[0].base == 0x080a0000 && b.gicr[0].size == 0xf60000,
	       "the board has the GIC of QEMU's virt");
	tap_ok(b.maintenance_intid == 25 && b.hyp_timer_intid == 26 && b.vtimer_intid == 27 &&
		       b.ptimer_intid == 30,
	       "the board has the GIC's and the timers' interrupts of QEMU's virt");
	tap_ok(b.psci_smc, "the board uses PSCI by SMC");
	tap_ok(b.bundle > 0x40000000 && b.bundle_end - b.bundle > 1000 &&
		       b.bundle_end < 0x40000000 + mib * MIB,
	       "the initrd lies in memory and has more than 1000 bytes");
}

/*
 * Each of these takes something away from `fdt`; board_read() then returns a message with `want`.
 */
static void refused(const char *want, const char *what)
{
	struct board b;
	const char *wrong = board_read(fdt, &b);

	tap_ok(wrong && strstr(wrong, want), "board_read() refuses an FDT with a fault in %s: %s",
	       what, wrong ? wrong : "accepted");
}

static void without_node(const char *compatible, const char *want)
{
	fresh();
	fdt_del_node(fdt, node(compatible));
	refused(want, compatible);
}

static void without_property(int at, const char *name, const char *want)
{
	if (fdt_delprop(fdt, at, name))
		abort();
	refused(want, name);
}

/* Keep only the first `cells` cells of the property. */
static void cut(int at, const char *name, unsigned cells, const char *want)
{
	const void *p = fdt_getprop(fdt, at, name, NULL);
	uint32_t copy[16];

	memcpy(copy, p, cells * 4);
	if (fdt_setprop(fdt, at, name, copy, (int)cells * 4))
		abort();
	refused(want, name);
}

static void broken(void)
{
	fresh();
	fdt[0] ^= 1;
	refused("devicetree", "the magic number");
	without_node("arm,psci-0.2", "PSCI");
	without_node("arm,gic-v3", "gic-v3");
	without_node("arm,armv8-timer", "timer");
	fresh();
	without_property(node("arm,psci-0.2"), "method", "PSCI");
	fresh();
	fdt_setprop_string(fdt, node("arm,psci-0.2"), "method", "hvc");
	refused("virtualization", "the PSCI method");
	fresh();
	without_property(node("arm,gic-v3"), "reg", "distributor");
	fresh();
	cut(node("arm,gic-v3"), "reg", 3, "distributor");
	fresh();
	cut(node("arm,gic-v3"), "reg", 7, "redistributors");
	fresh();
	without_property(node("arm,gic-v3"), "interrupts", "maintenance");
	fresh();
	cut(node("arm,gic-v3"), "interrupts", 2, "maintenance");
	fresh();
	cut(node("arm,armv8-timer"), "interrupts", 11, "four interrupts");
	fresh();
	fdt_del_node(fdt, fdt_path_offset(fdt, "/cpus"));
	refused("no CPUs", "/cpus");
	fresh();
	without_property(fdt_path_offset(fdt, "/cpus/cpu@0"), "device_type", "no CPUs");
	fresh();
	without_property(fdt_path_offset(fdt, "/cpus/cpu@0"), "reg", "no CPUs");
	fresh();
	cut(fdt_path_offset(fdt, "/cpus/cpu@0"), "reg", 0, "no CPUs");
	fresh();
	without_property(fdt_path_offset(fdt, "/memory@40000000"), "reg", "no memory");
	fresh();
	cut(fdt_path_offset(fdt, "/memory@40000000"), "reg", 3, "no memory");
	fresh();
	fdt_setprop_u32(fdt, 0, "#address-cells", 3);
	refused("address", "#address-cells");
	fresh();
	without_property(fdt_path_offset(fdt, "/chosen"), "linux,initrd-start", "initrd");
	fresh();
	without_property(fdt_path_offset(fdt, "/chosen"), "linux,initrd-end", "initrd");
	fresh();
	cut(fdt_path_offset(fdt, "/chosen"), "linux,initrd-end", 0, "initrd");
	fresh();
	fdt_del_node(fdt, fdt_path_offset(fdt, "/chosen"));
	refused("initrd", "/chosen");
}

/* Boards that differ from QEMU's and are valid. */
static void unusual(void)
{
	struct board b;
	int n;

	fresh();
	fdt_del_node(fdt, node("arm,pl011"));
	tap_ok(!board_read(fdt, &b) && b.uart.size == 0, "a board without a UART is accepted");
	fresh();
	fdt_delprop(fdt, node("arm,pl011"), "interrupts");
	tap_ok(!board_read(fdt, &b) && b.uart.size == 0, "a UART without an interrupt is ignored");

	fresh();
	fdt_setprop_u32(fdt, fdt_path_offset(fdt, "/chosen"), "linux,initrd-start", 0x48000000);
	fdt_setprop_u64(fdt, fdt_path_offset(fdt, "/chosen"), "linux,initrd-end", 0x148000000);
	tap_ok(!board_read(fdt, &b) && b.bundle == 0x48000000 && b.bundle_end == 0x148000000,
	       "linux,initrd-start may have one cell, and linux,initrd-end two");

	fresh();
	n = node("arm,gic-v3");
	for (uint64_t i = 0; i < 5; i++) {
		fdt_appendprop_u64(fdt, n, "reg", 0x100000000 + i * MIB);
		fdt_appendprop_u64(fdt, n, "reg", MIB);
	}
	tap_ok(!board_read(fdt, &b) && b.gicr_regions == 4 && b.gicr[3].base == 0x100200000,
	       "of six redistributor regions the first four are kept");

	fresh();
	for (unsigned i = 1; i <= 5; i++) {
		char name[24];

		snprintf(name, sizeof(name), "memory@%u00000000", i);
		n = fdt_add_subnode(fdt, 0, name);
		fdt_setprop_string(fdt, n, "device_type", "memory");
		for (uint64_t j = 0; j < 2; j++) {
			fdt_appendprop_u64(fdt, n, "reg", i * BIT(32) + j * GIB);
			fdt_appendprop_u64(fdt, n, "reg", (i + j) * MIB);
		}
	}
	tap_ok(!board_read(fdt, &b) && b.memory_count == BOARD_MAX_MEMORY,
	       "of eleven ranges of memory eight are kept");
	n = 0;
	for (unsigned i = 0; i < b.memory_count; i++)
		n += b.memory[i].base == 3 * BIT(32) + GIB && b.memory[i].size == 4 * MIB;
	tap_ok(n == 1, "a range of memory that is kept has its size");

	fresh();
	for (unsigned i = 1; i < 12; i++) {
		char name[24];

		snprintf(name, sizeof(name), "cpu@%u0", i);
		n = fdt_add_subnode(fdt, fdt_path_offset(fdt, "/cpus"), name);
		fdt_setprop_string(fdt, n, "device_type", "cpu");
		fdt_setprop_u64(fdt, n, "reg", BIT(32) | i << 8);
	}
	tap_ok(!board_read(fdt, &b) && b.cpu_count == 8, "of twelve CPUs eight are kept");
	n = 0;
	for (unsigned i = 0; i < b.cpu_count; i++)
		n += b.cpu_mpidr[i] == (BIT(32) | 10 << 8);
	tap_ok(n == 1, "an MPIDR of two cells is read");
}

/*
 * The base and size that board_read() finds for a UART on a bus with these cell sizes, with a `reg`
 * of 4 cells; both are 0 if the UART is ignored.
 */
static struct board_range on_bus(uint32_t ac, uint32_t sc)
{
	const fdt32_t reg[] = {cpu_to_fdt32(1), cpu_to_fdt32(2), cpu_to_fdt32(3), cpu_to_fdt32(4)};
	const fdt32_t interrupts[] = {cpu_to_fdt32(0), cpu_to_fdt32(9), cpu_to_fdt32(4)};
	struct board b;
	int bus, uart;

	fresh();
	fdt_del_node(fdt, node("arm,pl011"));
	bus = fdt_add_subnode(fdt, 0, "bus");
	fdt_setprop_u32(fdt, bus, "#size-cells", sc);
	fdt_setprop_u32(fdt, bus, "#address-cells", ac);
	uart = fdt_add_subnode(fdt, bus, "uart");
	fdt_setprop(fdt, uart, "interrupts", interrupts, sizeof(interrupts));
	fdt_setprop(fdt, uart, "reg", reg, sizeof(reg));
	fdt_setprop_string(fdt, uart, "compatible", "arm,pl011");
	if (board_read(fdt, &b) || (b.uart.size && b.uart_intid != 41))
		abort();
	return b.uart;
}

static void cells(void)
{
	struct board_range r = on_bus(1, 1);

	tap_ok(r.base == 1 && r.size == 2,
	       "a UART is found on a bus of one address cell and one size cell");
	r = on_bus(2, 1);
	tap_ok(r.base == (BIT(32) | 2) && r.size == 3,
	       "a UART is found on a bus of two address cells and one size cell");
	r = on_bus(1, 2);
	tap_ok(r.base == 1 && r.size == (2 * BIT(32) | 3),
	       "a UART is found on a bus of one address cell and two size cells");
	tap_is_u64(on_bus(0, 2).size, 0, "a UART on a bus without address cells is ignored");
	tap_is_u64(on_bus(2, 0).size, 0, "a UART on a bus without size cells is ignored");
	tap_is_u64(on_bus(3, 1).size, 0, "a UART on a bus of three address cells is ignored");
	tap_is_u64(on_bus(1, 3).size, 0, "a UART on a bus of three size cells is ignored");
}

/*
 * Bits flipped anywhere except in the size, which nothing else in the FDT repeats: board_read()
 * reads nothing outside of the FDT, and its counts stay within their limits.
 */
static void damaged(void)
{
	uint64_t seed = 3;
	size_t size = fdt_totalsize(good);
	unsigned bad = 0, accepted = 0;

	for (unsigned i = 0; i < 10000; i++) {
		char *copy = malloc(size);
		struct board b = {0};

		if (!copy)
			abort();
		memcpy(copy, good, size);
		for (uint64_t n = 1 + random_below(&seed, 4); n; n--) {
			uint64_t at = random_below(&seed, size);

			if (at < 4 || at >= 8)
				copy[at] = (char)(copy[at] ^ (1 << random_below(&seed, 8)));
		}
		accepted += !board_read(copy, &b);
		bad += b.cpu_count > 8 || b.memory_count > BOARD_MAX_MEMORY || b.gicr_regions > 4;
		free(copy);
	}
	tap_is_u64(bad, 0, "10000 damaged FDTs give no count beyond its limit");
	tap_ok(accepted > 1000 && accepted < 9000,
	       "%u of 10000 damaged FDTs are accepted, and not nearly all or none", accepted);
}

int main(void)
{
	from_qemu(8, 3072);
	from_qemu(2, 4096);
	from_qemu(1, 256);
	broken();
	unusual();
	cells();
	damaged();
	return tap_done();
}
