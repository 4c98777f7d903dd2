/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guests' own FDT reader: compared with libfdt on valid blobs, and run on damaged ones, each in
 * memory of exactly its size, so that the sanitizers see a read outside of it.
 */
#include "guest/fdt.h"
#include "machine/fdt.h"
#include "tests/lib/random.h"
#include "tests/tap.h"
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 65536

static uint8_t blob[ROOM];

static void begin(const char *name)
{
	if (fdt_begin_node(blob, name))
		abort();
}

static void end(void)
{
	if (fdt_end_node(blob))
		abort();
}

static void bytes(const char *name, const void *value, size_t size)
{
	if (fdt_property(blob, name, value, (int)size))
		abort();
}

static void text(const char *name, const char *value)
{
	bytes(name, value, strlen(value) + 1);
}

static void cells(const char *name, const uint32_t *value, size_t count)
{
	void *place;

	if (fdt_property_placeholder(blob, name, (int)(4 * count), &place))
		abort();
	for (size_t i = 0; i < count; i++)
		fdt32_st((uint8_t *)place + 4 * i, value[i]);
}

#define CELLS(name, ...) \
	cells(name, (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4)
#define STRINGS(name, list) bytes(name, list, sizeof(list))

/*
 * A bus at 0x10000000 with three buses in it: one with addresses of its own and a device, one with
 * the outer bus's addresses, and one that is not reachable; and a PCI host bridge.
 */
static void write_buses(void)
{
	begin("bus@10000000");
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 1);
	CELLS("ranges", 0, 0, 0x10000000, 0x1000, 0x8000, 1, 0, 0x1000);
	begin("inner@400");
	CELLS("#address-cells", 2);
	CELLS("#size-cells", 2);
	CELLS("ranges", 5, 0, 0x400, 0, 0x100);
	begin("uart@500000010");
	STRINGS("compatible", "snps,dw-apb-uart\0ns16550a");
	CELLS("reg", 5, 0x10, 0, 8, 5, 0x200, 0, 8);
	CELLS("reg-shift", 2);
	end();
	end();
	begin("identity");
	bytes("ranges", "", 0);
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 0);
	begin("device@8010");
	CELLS("reg", 0x8010);
	end();
	end();
	begin("i2c");
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 0);
	begin("chip@50");
	CELLS("reg", 0x50);
	end();
	end();
	end();

	begin("pcie@4010000000");
	CELLS("#address-cells", 3);
	CELLS("#size-cells", 2);
	CELLS("reg", 0x40, 0x10000000, 0, 0x10000000);
	CELLS("ranges", 0x1000000, 0, 0, 0, 0x3eff0000, 0, 0x10000, 0x2000000, 0, 0x10000000, 0,
	      0x10000000, 0, 0x2eff0000);
	begin("device@1,0");
	CELLS("reg", 0x800, 0, 0, 0, 0);
	end();
	end();
}

static void write_tree(void)
{
	if (fdt_create(blob, sizeof(blob)) || fdt_add_reservemap_entry(blob, 0x48000000, 0x1000) ||
	    fdt_add_reservemap_entry(blob, 0x1234567890, 0x10) || fdt_finish_reservemap(blob))
		abort();
	begin("");
	CELLS("#address-cells", 2);
	CELLS("#size-cells", 2);
	begin("aliases");
	text("serial0", "/bus@10000000/inner@400/uart@500000010");
	text("loop", "loop");
	end();
	begin("chosen");
	text("stdout-path", "serial0:115200n8");
	bytes("unterminated", "abc", 3);
	bytes("eight", "\0\0\0\1\0\0\0\2", 8);
	end();
	begin("memory@40000000");
	text("device_type", "memory");
	CELLS("reg", 0, 0x40000000, 0, 0x10000000, 1, 0, 0, 0x8000000);
	end();
	begin("cpus");
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 0);
	begin("cpu@0");
	CELLS("reg", 0);
	end();
	begin("cpu@101");
	CELLS("reg", 0x101);
	text("status", "disabled");
	begin("cache");
	end();
	end();
	end();
	write_buses();
	end();
	if (fdt_finish(blob))
		abort();
}

static bool find(const struct dt *t, const char *path, struct dt_node *node)
{
	return dt_find_path(t, path, strlen(path), node);
}

static void test_paths(const struct dt *t)
{
	struct dt_node node, other;
	char path[64];

	tap_ok(find(t, "/", &node) && node.depth == 0 && strcmp(dt_name(t, &node), "") == 0,
	       "the root is found");
	tap_ok(strcmp(dt_path(t, &node, path, sizeof(path)), "/") == 0, "the root has the path /");
	tap_ok(find(t, "/bus@10000000/inner@400/uart@500000010", &node),
	       "a node is found by its path");
	tap_ok(strcmp(dt_path(t, &node, path, sizeof(path)),
		      "/bus@10000000/inner@400/uart@500000010") == 0,
	       "a node's path is written out whole");
	tap_ok(strcmp(dt_path(t, &node, path, 8), "/bus@10") == 0,
	       "a node's path is cut to the room there is");
	tap_ok(find(t, "/bus/inner/uart/", &other) && other.at[3] == node.at[3],
	       "a node is found by a path without unit addresses");
	tap_ok(find(t, "serial0", &other) && other.at[3] == node.at[3],
	       "a node is found by an alias");
	tap_ok(!find(t, "loop", &other) && !find(t, "none", &other) && !find(t, "", &other),
	       "an alias that loops, or that does not exist, is not found");
	tap_ok(!find(t, "/bus/none", &other) && !find(t, "/bu", &other) &&
		       !find(t, "/bus@1000000", &other) && !find(t, "/bus@100000000", &other),
	       "a path that does not exist is not found");
	tap_ok(find(t, "/bus", &other) && dt_within(&node, &other) && !dt_within(&other, &node),
	       "dt_within() is true of a node below the other, and not the reverse");
	tap_ok(dt_parent(&node, &node) && strcmp(dt_name(t, &node), "inner@400") == 0,
	       "a node's parent is found");
	tap_ok(find(t, "/", &node) && !dt_parent(&node, &other), "the root has no parent");
}

static void test_values(const struct dt *t)
{
	struct dt_node node;
	struct dt_value value;

	tap_ok(find(t, "/chosen", &node) &&
		       strcmp(dt_text(t, &node, "stdout-path"), "serial0:115200n8") == 0,
	       "a string is read");
	tap_ok(strcmp(dt_text(t, &node, "unterminated"), "") == 0,
	       "a string that does not end is read as empty");
	tap_ok(strcmp(dt_text(t, &node, "none"), "") == 0,
	       "a string that is not there is read as empty");
	tap_ok(dt_property(t, &node, "eight", &value) && dt_integer(&value) == 0x100000002,
	       "a number of 64 bits is read");
	tap_ok(dt_cell(&value, 1, 7) == 2 && dt_cell(&value, 2, 7) == 7,
	       "cells are read, and none beyond the last");
	tap_ok(dt_find(t, "ns16550a", &node) && node.depth == 3,
	       "a node is found by one of several compatible strings");
	tap_ok(dt_property(t, &node, "compatible", &value) && !dt_string(&value, 2),
	       "a list of strings ends after its last string");
	tap_ok(!dt_find(t, "ns16550", &node),
	       "a node is not found by the beginning of a compatible string");
	tap_ok(find(t, "/cpus/cpu@101/cache", &node) && !dt_is_enabled(t, &node),
	       "a node below a disabled node is disabled");
	tap_ok(find(t, "/cpus/cpu@0", &node) && dt_is_enabled(t, &node),
	       "a node is enabled by default");
}

static bool is(const struct dt_range *r, uint64_t base, uint64_t size)
{
	return r->base == base && r->size == size;
}

static void test_addresses(const struct dt *t)
{
	struct dt_node node;
	struct dt_range r;

	tap_ok(find(t, "/memory", &node) && dt_reg(t, &node, 1, &r) &&
		       is(&r, 1ull << 32, 0x8000000),
	       "the second bank of memory is read");
	tap_ok(!dt_reg(t, &node, 2, &r) && !dt_reg(t, &node, 0x80000000u, &r),
	       "/memory has no third bank");
	tap_ok(find(t, "/bus/inner/uart", &node) && dt_reg_raw(t, &node, 0, &r) &&
		       is(&r, 0x500000010, 8),
	       "dt_reg_raw() gives an address as its bus has it");
	tap_ok(dt_reg(t, &node, 0, &r) && is(&r, 0x10000410, 8),
	       "dt_reg() gives an address as the CPU sees it");
	tap_ok(!dt_reg(t, &node, 1, &r), "an address in no window is not translated");
	tap_ok(find(t, "/bus/identity/device", &node) && dt_reg(t, &node, 0, &r) &&
		       is(&r, 0x100000010, 0),
	       "empty ranges change no address, and the second window of the outer bus is used");
	tap_ok(find(t, "/bus/i2c/chip", &node) && dt_reg_raw(t, &node, 0, &r) &&
		       !dt_reg(t, &node, 0, &r),
	       "an address on a bus without ranges is not translated");
	tap_ok(find(t, "/cpus/cpu@101", &node) && dt_reg_raw(t, &node, 0, &r) && is(&r, 0x101, 0),
	       "a CPU's address is read");
	tap_ok(find(t, "/pcie", &node) && dt_reg(t, &node, 0, &r) &&
		       is(&r, 0x4010000000, 0x10000000),
	       "a host bridge's address is read");
	tap_ok(dt_window(t, &node, 0, &r) && is(&r, 0x3eff0000, 0x10000) &&
		       dt_window(t, &node, 1, &r) && is(&r, 0x10000000, 0x2eff0000) &&
		       !dt_window(t, &node, 2, &r),
	       "a host bridge has two windows");
	tap_ok(find(t, "/pcie/device", &node) && !dt_reg(t, &node, 0, &r),
	       "a PCI device has no address");
	tap_ok(find(t, "/bus/inner", &node) && dt_window(t, &node, 0, &r) &&
		       is(&r, 0x10000400, 0x100),
	       "a window of an inner bus is translated");
	tap_ok(dt_reserved(t, 0, &r) && is(&r, 0x48000000, 0x1000) && dt_reserved(t, 1, &r) &&
		       is(&r, 0x1234567890, 0x10) && !dt_reserved(t, 2, &r),
	       "the reservation block is read to its end");
}

/* Compares the nodes with libfdt's, one by one. */
static void test_walk(const char *what)
{
	int offset = 0, depth = 0;
	bool same = true, more;
	struct dt_node node;
	struct dt t;

	tap_ok(dt_open(&t, blob), "%s is opened", what);
	more = dt_root(&t, &node);
	for (; more && depth >= 0; more = dt_next(&t, &node)) {
		const char *name = fdt_get_name(blob, offset, NULL);
		uint32_t cell = 0x5a5a5a5a;
		const void *value = fdt_getprop(blob, offset, "reg", NULL);

		if (value)
			cell = fdt32_ld(value);
		same = same && (unsigned)depth == node.depth &&
		       strcmp(name, dt_name(&t, &node)) == 0 &&
		       dt_number(&t, &node, "reg", 0x5a5a5a5a) == cell;
		offset = fdt_next_node(blob, offset, &depth);
	}
	tap_ok(same && !more && depth < 0, "%s has the nodes that libfdt finds", what);
}

/* Calls every function on every node. Returns the number of nodes. */
static unsigned use_all(const uint8_t *p)
{
	static const char *const names[] = {"reg", "ranges", "compatible", "status", "serial0"};
	unsigned nodes = 0;
	struct dt_node node, other;
	struct dt_value value;
	struct dt_range range;
	char path[40];
	struct dt t;

	if (!dt_open(&t, p))
		return 0;
	for (bool more = dt_root(&t, &node); more; more = dt_next(&t, &node), nodes++) {
		dt_path(&t, &node, path, sizeof(path));
		dt_find_path(&t, path, strlen(path), &other);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			if (dt_property(&t, &node, names[i], &value)) {
				dt_cell(&value, value.size / 4 - 1, 0);
				dt_string(&value, 3);
			}
		}
		dt_is_enabled(&t, &node);
		for (unsigned i = 0; i < 4; i++) {
			dt_reg(&t, &node, i, &range);
			dt_window(&t, &node, i, &range);
		}
	}
	for (unsigned i = 0; dt_reserved(&t, i, &range);)
		i++;
	dt_find_path(&t, "serial0", 7, &node);
	dt_find(&t, "ns16550a", &node);
	return nodes;
}

/* Makes a block, by its offset and size in the header, end where the blob does. */
static void clip(uint8_t *p, uint32_t size, unsigned offset_at, unsigned size_at)
{
	uint32_t offset = fdt32_ld((const void *)(p + offset_at));

	if (offset <= size && fdt32_ld((const void *)(p + size_at)) > size - offset)
		fdt32_st(p + size_at, size - offset);
}

/* Uses a copy in memory of `size` bytes, which the header does not exceed. */
static unsigned use_copy(const uint8_t *from, uint32_t size)
{
	uint8_t *copy = malloc(size);
	unsigned nodes;

	memcpy(copy, from, size);
	if (fdt32_ld((const void *)(copy + 4)) > size)
		fdt32_st(copy + 4, size);
	clip(copy, size, 8, 36);
	clip(copy, size, 12, 32);
	nodes = use_all(copy);
	free(copy);
	return nodes;
}

/* Moves the structure of the blob behind its strings, to the end. */
static void turn(void)
{
	static uint8_t turned[ROOM];
	uint32_t structure = fdt_off_dt_struct(blob), bytes_of_it = fdt_size_dt_struct(blob);
	uint32_t strings = fdt_off_dt_strings(blob), bytes_of_those = fdt_size_dt_strings(blob);
	uint32_t at = (structure + bytes_of_those + 3) & ~3u;

	memcpy(turned, blob, structure);
	memcpy(turned + structure, blob + strings, bytes_of_those);
	memcpy(turned + at, blob + structure, bytes_of_it);
	fdt_set_off_dt_strings(turned, structure);
	fdt_set_off_dt_struct(turned, at);
	fdt_set_totalsize(turned, at + bytes_of_it);
	memcpy(blob, turned, sizeof(blob));
}

static void test_damage(void)
{
	uint32_t size = fdt_totalsize(blob);
	unsigned whole = use_copy(blob, size), most = 0, rest = 0;
	static const uint32_t words[] = {1,	     2,		 3,	     4,		0,
					 0xffffffff, 0xfffffff0, 0xffffff00, 0x7fffffff};
	static uint8_t damaged[ROOM];
	uint64_t random = 20260101;

	tap_ok(whole > 10, "the whole FDT has %u nodes, more than 10", whole);
	for (uint32_t n = 40; n < size; n++) {
		unsigned nodes = use_copy(blob, n);

		most = nodes > most ? nodes : most;
	}
	tap_ok(most <= whole, "an FDT that is cut off at any byte never has more nodes");
	for (uint32_t at = 8; at + 4 <= size; at += 4) {
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			memcpy(damaged, blob, size);
			fdt32_st(damaged + at, words[i]);
			use_copy(damaged, size);
		}
	}
	for (unsigned i = 0; i < 4000; i++) {
		memcpy(damaged, blob, size);
		for (uint64_t n = 1 + random_below(&random, 6); n; n--)
			damaged[random_below(&random, size)] = (uint8_t)next_random(&random);
		rest += use_copy(damaged, size) >= whole;
	}
	tap_ok(rest > 0 && rest < 4000,
	       "%u of 4000 FDTs with random bytes have all nodes, and not all or none of them",
	       rest);
}

static void test_header(void)
{
	static uint8_t small[40];
	struct dt t;

	tap_ok(!dt_open(&t, small) && !dt_bytes(small), "a blob without the magic is refused");
	fdt32_st(small, FDT_MAGIC);
	fdt32_st(small + 4, DT_MAX_BYTES + 1);
	tap_ok(!dt_bytes(small), "a blob that is too large is refused");
	fdt32_st(small + 4, 39);
	tap_ok(!dt_bytes(small), "a blob that is smaller than its header is refused");
	fdt32_st(small + 4, 40);
	tap_ok(dt_bytes(small) == 40 && !dt_open(&t, small), "a blob without a version is refused");
}

/* Nodes in each other, down to `depth` below the root. */
static void write_deep(unsigned depth)
{
	if (fdt_create(blob, sizeof(blob)) || fdt_finish_reservemap(blob))
		abort();
	for (unsigned i = 0; i <= depth; i++)
		begin(i ? "n" : "");
	for (unsigned i = 0; i <= depth; i++)
		end();
	if (fdt_finish(blob))
		abort();
}

int main(void)
{
	struct machine_fdt machine = {.cpu = "max",
				      .vcpus = 8,
				      .memory = 256u << 20,
				      .stolen_time = true,
				      .bootargs = "case=a"};
	struct dt t;

	write_tree();
	test_walk("the test's FDT");
	dt_open(&t, blob);
	test_paths(&t);
	test_values(&t);
	test_addresses(&t);
	test_damage();
	turn();
	test_walk("the test's FDT with its structure last");
	test_damage();
	if (machine_fdt_build(&machine, blob, sizeof(blob)) < 0)
		abort();
	test_walk("the machine's FDT");
	test_damage();
	write_deep(DT_DEPTH - 1);
	test_walk("the deepest FDT");
	write_deep(DT_DEPTH + 3);
	tap_is_u64(use_copy(blob, fdt_totalsize(blob)), DT_DEPTH,
		   "an FDT that is too deep has nodes down to the greatest depth");
	test_header();
	return tap_done();
}
