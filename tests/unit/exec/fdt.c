/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tools/exec/fdt.c: the addresses that an FDT names, of every kind; the FDTs of our own machine;
 * and invalid FDTs.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include "machine/fdt.h"
#include "machine/map.h"
#include "tests/lib/random.h"
#include "tests/tap.h"
#include "tools/exec/fdt.h"

static uint8_t fdt[MACHINE_FDT_MAX] __attribute__((aligned(8)));

#define CELLS(name, ...)                                                  \
	do {                                                              \
		const uint32_t cells[] = {__VA_ARGS__};                   \
		add_cells(name, cells, sizeof(cells) / sizeof(cells[0])); \
	} while (0)

static void add_cells(const char *name, const uint32_t *cells, size_t n)
{
	fdt32_t property[32];

	for (size_t i = 0; i < n; i++)
		property[i] = cpu_to_fdt32(cells[i]);
	fdt_property(fdt, name, property, (int)(n * sizeof(property[0])));
}

static void node(const char *name)
{
	fdt_begin_node(fdt, name);
}

static void bus(const char *name, uint32_t address_cells, uint32_t size_cells)
{
	node(name);
	fdt_property_u32(fdt, "#address-cells", address_cells);
	fdt_property_u32(fdt, "#size-cells", size_cells);
}

static void end(void)
{
	fdt_end_node(fdt);
}

static void begin(void)
{
	fdt_create(fdt, sizeof(fdt));
	fdt_add_reservemap_entry(fdt, 0x81000000, 0x2000);
	fdt_finish_reservemap(fdt);
	bus("", 2, 2);
}

static size_t finish(void)
{
	end();
	fdt_finish(fdt);
	return fdt_totalsize(fdt);
}

/* Compares the ranges of the FDT with `want`, in order; NULL if they are the same. */
static const char *named(size_t size, const struct pvtime_range *want, size_t n)
{
	struct exec_ranges got = {.list = NULL};
	const char *wrong = exec_fdt_ranges(fdt, size, &got);

	if (wrong == NULL && got.count != n)
		wrong = "another number of ranges";
	for (size_t i = 0; wrong == NULL && i < n; i++)
		if (got.list[i].base != want[i].base || got.list[i].size != want[i].size)
			wrong = "another range";
	for (size_t i = 0; wrong != NULL && i < got.count; i++)
		tap_print("# 0x%llx + 0x%llx\n", (unsigned long long)got.list[i].base,
			  (unsigned long long)got.list[i].size);
	free(got.list);
	return wrong;
}

static void test_kinds(void)
{
	static const struct pvtime_range want[] = {
		{0x81000000, 0x2000},	    /* the reservation */
		{0x840000000, 0x180000000}, /* memory */
		{0x9000000, 0x1000},	    /* a device with two areas */
		{0xa000000, 0x200},	    /* its other area; the third has no size */
		{0x10000000, 0x1000000},    /* a window of a bus */
		{0x20000000, 0x1000},	    /* another window of that bus */
		{0x10000400, 0x10},	    /* a device behind the first window */
		{0x20000ff0, 0x10},	    /* a device behind the second window */
		{0x10800004, 4},	    /* a device behind a flat bus behind the first window */
		{0x3eff0000, 0x10000},	    /* PCI: I/O */
		{0x8000000000, 0x8000000000}, /* PCI: memory */
		{0x4010000000, 0x10000000},   /* PCI: configuration, its reg */
		{0xa0000000, 0x100000},	      /* reserved memory */
	};

	begin();
	node("memory@840000000");
	CELLS("reg", 8, 0x40000000, 1, 0x80000000);
	end();
	node("uart");
	CELLS("reg", 0, 0x9000000, 0, 0x1000, 0, 0xa000000, 0, 0x200, 0, 0xb000000, 0, 0);
	end();
	bus("cpus", 1, 0);
	node("cpu@0");
	CELLS("reg", 0x100);
	end();
	end();
	bus("soc", 1, 1);
	CELLS("ranges", 0, 0, 0x10000000, 0x1000000, 0x2000000, 0, 0x20000000, 0x1000);
	node("near");
	CELLS("reg", 0x400, 0x10);
	end();
	node("far");
	CELLS("reg", 0x2000ff0, 0x10, 0x5000000, 0x10); /* the second is in no window */
	end();
	bus("flat", 1, 1);
	fdt_property(fdt, "ranges", NULL, 0);
	node("inner");
	CELLS("reg", 0x800004, 4);
	end();
	end();
	bus("i2c", 1, 0);
	node("sensor");
	CELLS("reg", 0x48);
	end();
	end();
	bus("closed", 1, 1); /* no ranges: its addresses are not reachable */
	node("inner");
	CELLS("reg", 0, 4);
	end();
	end();
	end();
	bus("pcie", 3, 2);
	CELLS("ranges", 0x1000000, 0, 0, 0, 0x3eff0000, 0, 0x10000, /* I/O */
	      0x3000000, 0x80, 0, 0x80, 0, 0x80, 0);
	CELLS("reg", 0x40, 0x10000000, 0, 0x10000000);
	node("pci-device");
	CELLS("reg", 0x800, 0, 0, 0, 0);
	end();
	end();
	bus("reserved-memory", 2, 2);
	fdt_property(fdt, "ranges", NULL, 0);
	node("kept");
	CELLS("reg", 0, 0xa0000000, 0, 0x100000);
	end();
	end();
	size_t size = finish();
	/* A node's own reg comes before its windows. */
	struct pvtime_range ordered[sizeof(want) / sizeof(want[0])];
	memcpy(ordered, want, sizeof(want));
	ordered[9] = want[11];
	ordered[10] = want[9];
	ordered[11] = want[10];
	const char *wrong = named(size, ordered, sizeof(want) / sizeof(want[0]));
	tap_ok(wrong == NULL, "exec_fdt_ranges() finds every kind of address, and nothing else%s%s",
	       wrong != NULL ? ": " : "", wrong != NULL ? wrong : "");
}

static void test_wrong(void)
{
	struct exec_ranges got = {.list = NULL};

	begin();
	node("uart");
	CELLS("reg", 0, 0x9000000, 0);
	end();
	tap_ok(exec_fdt_ranges(fdt, finish(), &got) != NULL,
	       "a reg of the wrong length is refused");
	begin();
	bus("soc", 1, 1);
	CELLS("ranges", 0, 0, 0x10000000);
	end();
	tap_ok(exec_fdt_ranges(fdt, finish(), &got) != NULL,
	       "windows of the wrong length are refused");
	begin();
	bus("soc", 9, 1);
	end();
	tap_ok(exec_fdt_ranges(fdt, finish(), &got) != NULL, "nine address cells are refused");
	begin();
	for (int i = 0; i < 40; i++)
		node("deep");
	for (int i = 0; i < 40; i++)
		end();
	tap_ok(exec_fdt_ranges(fdt, finish(), &got) != NULL,
	       "an FDT of 40 nested nodes is refused");
	free(got.list);
}

static size_t our_own(void)
{
	const struct machine_fdt config = {
		.cpu = "cortex-a57",
		.vcpus = 4,
		.memory = 0x10000000,
		.stolen_time = true,
	};
	int size = machine_fdt_build(&config, fdt, sizeof(fdt));

	return size > 0 ? (size_t)size : 0;
}

static bool has(const struct exec_ranges *ranges, uint64_t address)
{
	for (size_t i = 0; i < ranges->count; i++)
		if (address >= ranges->list[i].base &&
		    address - ranges->list[i].base < ranges->list[i].size)
			return true;
	return false;
}

static void test_ours(void)
{
	struct exec_ranges got = {.list = NULL};
	size_t size = our_own();

	tap_is_u64(exec_fdt_size(fdt), size, "the FDT's size is read from its header");
	tap_ok(exec_fdt_ranges(fdt, size, &got) == NULL,
	       "the ranges of our machine's FDT are read");
	tap_ok(has(&got, MAP_RAM_BASE) && has(&got, MAP_RAM_BASE + 0xfffffff) &&
		       !has(&got, MAP_RAM_BASE + 0x10000000),
	       "the ranges contain the RAM");
	tap_ok(has(&got, MAP_PVTIME_BASE), "the ranges contain the region of the structures");
	free(got.list);
}

/* Whatever the FDT contains, the reader stays inside of it; the sanitizers check that. */
static void test_garbage(void)
{
	uint64_t seed = 1;
	size_t size = our_own();
	uint8_t *copy = malloc(size);
	unsigned refused = 0;

	for (unsigned i = 0; copy != NULL && i < 20000; i++) {
		struct exec_ranges got = {.list = NULL};

		our_own();
		for (unsigned n = 1 + i % 3; n > 0; n--)
			fdt[random_below(&seed, size)] = (uint8_t)random_below(&seed, 256);
		memcpy(copy, fdt, size);
		refused += exec_fdt_ranges(copy, size, &got) != NULL;
		free(got.list);
	}
	tap_ok(refused > 1000 && refused < 19000, "%u of 20000 damaged FDTs are refused", refused);
	free(copy);
	memset(fdt, 0, 8);
	tap_is_u64(exec_fdt_size(fdt), 0, "a block that begins with zeros is not taken for an FDT");
	our_own();
	fdt[4] = 1;
	tap_is_u64(exec_fdt_size(fdt), 0, "an FDT of more than 2 MiB is not accepted");
}

int main(void)
{
	test_kinds();
	test_wrong();
	test_ours();
	test_garbage();
	return tap_done();
}
