/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is read from the board's FDT: from those that QEMU gives (mk/hypervisor.mk makes them), and
 * from ones that lack or break something.
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
	/* QEMU's has 1 MiB, most of it empty. */
	return n > sizeof(struct fdt_header) && !fdt_open_into(fdt, good, sizeof(good)) &&
	       !fdt_pack(good);
}

/* A copy of the good one, with room to change it. */
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
	tap_ok(!wrong, "%u CPUs, %u MiB: %s", cpus, mib, wrong ? wrong : "read");
	tap_is_u64(b.cpu_count, cpus, "CPUs");
	for (unsigned i = 0; i < b.cpu_count; i++)
		in_order = in_order && b.cpu_mpidr[i] == i;
	tap_ok(in_order, "their MPIDRs");
	tap_ok(b.memory_count == 1 && b.memory[0].base == 0x40000000 &&
		       b.memory[0].size == mib * MIB,
	       "memory");
	tap_ok(b.uart.base == 0x09000000 && b.uart.size == 0x1000 && b.uart_intid == 33, "UART");
	tap_ok(b.gicd.base == 0x08000000 && b.gicd.size == 0x10000 && b.gicr_regions == 1 &&
		       b.gicr[0].base == 0x080a0000 && b.gicr[0].size == 0xf60000,
	       "GIC");
	tap_ok(b.maintenance_intid == 25 && b.hyp_timer_intid == 26 && b.vtimer_intid == 27 &&
		       b.ptimer_intid == 30,
	       "the GIC's and the timers' interrupts");
	tap_ok(b.psci_smc, "PSCI by SMC");
	tap_ok(b.bundle > 0x40000000 && b.bundle_end - b.bundle > 1000 &&
		       b.bundle_end < 0x40000000 + mib * MIB,
	       "initrd");
}

/* Each of these takes something away from `fdt`; then the board is refused for `want`. */
static void refused(const char *want, const char *what)
{
	struct board b;
	const char *wrong = board_read(fdt, &b);

	tap_ok(wrong && strstr(wrong, want), "%s: %s", what, wrong ? wrong : "accepted");
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

/* Keep the first `cells` cells of the property only. */
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
	refused("devicetree", "no magic");
	without_node("arm,psci-0.2", "PSCI");
	without_node("arm,gic-v3", "gic-v3");
	without_node("arm,armv8-timer", "timer");
	fresh();
	without_property(node("arm,psci-0.2"), "method", "PSCI");
	fresh();
	fdt_setprop_string(fdt, node("arm,psci-0.2"), "method", "hvc");
	refused("virtualization", "PSCI by HVC");
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
	refused("no CPUs", "no /cpus");
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
	refused("address", "addresses of three cells");
	fresh();
	without_property(fdt_path_offset(fdt, "/chosen"), "linux,initrd-start", "initrd");
	fresh();
	without_property(fdt_path_offset(fdt, "/chosen"), "linux,initrd-end", "initrd");
	fresh();
	cut(fdt_path_offset(fdt, "/chosen"), "linux,initrd-end", 0, "initrd");
	fresh();
	fdt_del_node(fdt, fdt_path_offset(fdt, "/chosen"));
	refused("initrd", "no /chosen");
}

/* Boards that are other than QEMU's, and good. */
static void unusual(void)
{
	struct board b;
	int n;

	fresh();
	fdt_del_node(fdt, node("arm,pl011"));
	tap_ok(!board_read(fdt, &b) && b.uart.size == 0, "no UART is no error");
	fresh();
	fdt_delprop(fdt, node("arm,pl011"), "interrupts");
	tap_ok(!board_read(fdt, &b) && b.uart.size == 0, "one without interrupt is none");

	fresh();
	fdt_setprop_u32(fdt, fdt_path_offset(fdt, "/chosen"), "linux,initrd-start", 0x48000000);
	fdt_setprop_u64(fdt, fdt_path_offset(fdt, "/chosen"), "linux,initrd-end", 0x148000000);
	tap_ok(!board_read(fdt, &b) && b.bundle == 0x48000000 && b.bundle_end == 0x148000000,
	       "initrd of one cell, and of two");

	fresh();
	n = node("arm,gic-v3");
	for (uint64_t i = 0; i < 5; i++) {
		fdt_appendprop_u64(fdt, n, "reg", 0x100000000 + i * MIB);
		fdt_appendprop_u64(fdt, n, "reg", MIB);
	}
	tap_ok(!board_read(fdt, &b) && b.gicr_regions == 4 && b.gicr[3].base == 0x100200000,
	       "six redistributor regions: the first four");

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
	       "eleven ranges of memory: eight");
	n = 0;
	for (unsigned i = 0; i < b.memory_count; i++)
		n += b.memory[i].base == 3 * BIT(32) + GIB && b.memory[i].size == 4 * MIB;
	tap_ok(n == 1, "the ranges of memory that are kept have their sizes");

	fresh();
	for (unsigned i = 1; i < 12; i++) {
		char name[24];

		snprintf(name, sizeof(name), "cpu@%u0", i);
		n = fdt_add_subnode(fdt, fdt_path_offset(fdt, "/cpus"), name);
		fdt_setprop_string(fdt, n, "device_type", "cpu");
		fdt_setprop_u64(fdt, n, "reg", BIT(32) | i << 8);
	}
	tap_ok(!board_read(fdt, &b) && b.cpu_count == 8, "twelve CPUs: eight");
	n = 0;
	for (unsigned i = 0; i < b.cpu_count; i++)
		n += b.cpu_mpidr[i] == (BIT(32) | 10 << 8);
	tap_ok(n == 1, "MPIDRs of two cells");
}

/*
 * A UART behind a bus of these cell sizes, with a `reg` of 4 cells; its base and size, 0 where it
 * is refused.
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

	tap_ok(r.base == 1 && r.size == 2, "a bus of one cell for addresses and one for sizes");
	r = on_bus(2, 1);
	tap_ok(r.base == (BIT(32) | 2) && r.size == 3, "two and one");
	r = on_bus(1, 2);
	tap_ok(r.base == 1 && r.size == (2 * BIT(32) | 3), "one and two");
	tap_is_u64(on_bus(0, 2).size, 0, "no cells for addresses: no UART");
	tap_is_u64(on_bus(2, 0).size, 0, "none for sizes");
	tap_is_u64(on_bus(3, 1).size, 0, "three for addresses");
	tap_is_u64(on_bus(1, 3).size, 0, "three for sizes");
}

/*
 * Bytes flipped anywhere but in the size, which nothing else tells: no access outside, counts
 * within limits.
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
	tap_is_u64(bad, 0, "10000 damaged ones: everything within its limits");
	tap_ok(accepted > 1000 && accepted < 9000, "%u of them were read", accepted);
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
