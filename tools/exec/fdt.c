/* SPDX-License-Identifier: BSD-2-Clause */
#include <libfdt.h>
#include <stdlib.h>
#include "tools/exec/fdt.h"

#define DEPTH_MAX 32
#define CELLS_MAX 2 /* most cells of an address or a size that a CPU can use */

static const char out_of_memory[] = "no memory";

/* A bus: the format of its children's addresses, and how they translate to its parent's. */
struct level {
	int address_cells, size_cells;
	bool reachable; /* its children's addresses translate to CPU addresses */
	const fdt32_t *windows;
	int window_count; /* 0: addresses are the same as the parent's */
};

struct walk {
	const void *fdt;
	struct exec_ranges *ranges;
	struct level levels[DEPTH_MAX + 1];
};

size_t exec_fdt_size(const uint8_t head[EXEC_FDT_HEAD])
{
	uint32_t size = fdt32_ld((const fdt32_t *)(const void *)(head + 4));

	if (fdt32_ld((const fdt32_t *)(const void *)head) != FDT_MAGIC)
		return 0;
	return size >= sizeof(struct fdt_header) && size <= EXEC_FDT_MAX ? size : 0;
}

/* Append a range. false: out of memory. */
static bool ranges_add(struct exec_ranges *ranges, uint64_t base, uint64_t size)
{
	struct pvtime_range *more =
		realloc(ranges->list, (ranges->count + 1) * sizeof(*ranges->list));

	if (more == NULL)
		return false;
	ranges->list = more;
	more[ranges->count++] = (struct pvtime_range){base, size};
	return true;
}

static uint64_t number(const fdt32_t *cells, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++)
		value = value << 32 | fdt32_ld(cells + i);
	return value;
}

static int window_cells(const struct walk *w, int depth)
{
	return w->levels[depth].address_cells + w->levels[depth - 1].address_cells +
	       w->levels[depth].size_cells;
}

/* Translate an address of the bus at `depth` to a CPU address. false: no window contains it. */
static bool translate(const struct walk *w, int depth, uint64_t *address)
{
	for (; depth > 0; depth--) {
		const struct level *level = &w->levels[depth];
		const fdt32_t *window = level->windows;
		int i = 0;

		for (; i < level->window_count; i++, window += window_cells(w, depth)) {
			uint64_t child = number(window, level->address_cells);
			const fdt32_t *parent = window + level->address_cells;
			const fdt32_t *size = parent + w->levels[depth - 1].address_cells;

			if (*address < child || *address - child >= number(size, level->size_cells))
				continue;
			*address = *address - child +
				   number(parent, w->levels[depth - 1].address_cells);
			break;
		}
		if (i == level->window_count && i > 0)
			return false;
	}
	return true;
}

/*
 * Add `count` ranges, whose records are `stride` cells apart. In a record, the size starts at cell
 * `size_at` and ends the record; the address comes directly before it.
 */
static const char *add_all(struct walk *w, int depth, const fdt32_t *cells, int count, int stride,
			   int size_at)
{
	const struct level *level = &w->levels[depth];
	int size_cells = stride - size_at;

	for (; count > 0; count--, cells += stride) {
		uint64_t address =
			number(cells + size_at - level->address_cells, level->address_cells);
		uint64_t size = number(cells + size_at, size_cells);

		if (size != 0 && translate(w, depth, &address) &&
		    !ranges_add(w->ranges, address, size))
			return out_of_memory;
	}
	return NULL;
}

static const char *add_reg(struct walk *w, int node, int depth)
{
	const struct level *bus = &w->levels[depth - 1];
	int length = 0, cells = bus->address_cells + bus->size_cells;
	const fdt32_t *reg = fdt_getprop(w->fdt, node, "reg", &length);

	/*
	 * Skip numbers that are not addresses, such as those of CPUs. PCI addresses contain flags,
	 * but the windows of a PCI bus are added by enter_bus().
	 */
	if (reg == NULL || !bus->reachable || bus->size_cells == 0 ||
	    bus->address_cells > CELLS_MAX || bus->size_cells > CELLS_MAX)
		return NULL;
	if (cells == 0 || length % (cells * (int)sizeof(*reg)) != 0)
		return "a 'reg' does not have the length that its bus requires";
	return add_all(w, depth - 1, reg, length / (cells * (int)sizeof(*reg)), cells,
		       bus->address_cells);
}

/* Record the node as a bus, and add its windows. */
static const char *enter_bus(struct walk *w, int node, int depth)
{
	struct level *level = &w->levels[depth];
	const struct level *parent = depth > 0 ? &w->levels[depth - 1] : NULL;
	int length = 0;

	*level = (struct level){
		.address_cells = fdt_address_cells(w->fdt, node),
		.size_cells = fdt_size_cells(w->fdt, node),
		.reachable = parent == NULL,
	};
	if (level->address_cells < 0 || level->size_cells < 0)
		return "a number of cells is invalid";
	level->windows = fdt_getprop(w->fdt, node, "ranges", &length);
	if (parent == NULL || level->windows == NULL || !parent->reachable ||
	    parent->address_cells > CELLS_MAX)
		return NULL;
	int cells = window_cells(w, depth);
	if (length != 0 && (cells == 0 || length % (cells * (int)sizeof(fdt32_t)) != 0))
		return "a 'ranges' does not have the length that its buses require";
	level->reachable = level->size_cells <= CELLS_MAX;
	level->window_count = length == 0 ? 0 : length / (cells * (int)sizeof(fdt32_t));
	return add_all(w, depth - 1, level->windows, level->window_count, cells,
		       level->address_cells + parent->address_cells);
}

static const char *add_reservations(struct walk *w)
{
	int count = fdt_num_mem_rsv(w->fdt);

	for (int i = 0; i < count; i++) {
		uint64_t base, size;

		if (fdt_get_mem_rsv(w->fdt, i, &base, &size) == 0 && size != 0 &&
		    !ranges_add(w->ranges, base, size))
			return out_of_memory;
	}
	return NULL;
}

const char *exec_fdt_ranges(const void *fdt, size_t size, struct exec_ranges *ranges)
{
	struct walk w = {.fdt = fdt, .ranges = ranges};
	int depth = 0;
	int error = fdt_check_full(fdt, size);

	if (error != 0)
		return fdt_strerror(error);
	const char *wrong = add_reservations(&w);
	for (int node = 0; node >= 0 && wrong == NULL; node = fdt_next_node(fdt, node, &depth)) {
		if (depth < 0)
			break;
		if (depth > DEPTH_MAX)
			return "its nodes nest too deeply";
		if (depth > 0)
			wrong = add_reg(&w, node, depth);
		if (wrong == NULL)
			wrong = enter_bus(&w, node, depth);
	}
	return wrong;
}
