/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses in a devicetree: `reg`, `ranges`, and their cells (Devicetree Specification 0.4, 2.3).
 */
#include "fdt.h"

#define MAX_CELLS 3u /* of an address: more cells cannot be an address */

/* #address-cells and #size-cells of a node, which apply to its children. */
struct cells {
	uint32_t address, size;
};

static bool cells_of(const struct dt *t, const struct dt_node *bus, struct cells *cells)
{
	cells->address = dt_number(t, bus, "#address-cells", 2);
	cells->size = dt_number(t, bus, "#size-cells", 1);
	return cells->address && cells->address <= MAX_CELLS && cells->size <= 2;
}

/* The lower 64 bits of the `count` cells from cell `index` on. The value must have these cells. */
static uint64_t number_at(const struct dt_value *value, unsigned index, uint32_t count)
{
	uint64_t number = 0;

	for (uint32_t i = 0; i < count; i++)
		number = number << 32 | dt_cell(value, index + i, 0);
	return number;
}

/* Whether the value has an entry `index`, of `cells` cells. *at is the first cell of that entry. */
static bool entry(const struct dt_value *value, unsigned index, uint32_t cells, unsigned *at)
{
	*at = index * cells;
	return index < value->size / 4 / cells;
}

bool dt_reg_raw(const struct dt *t, const struct dt_node *node, unsigned index,
		struct dt_range *range)
{
	struct dt_node bus;
	struct dt_value reg;
	struct cells c;
	unsigned at;

	if (!dt_parent(node, &bus) || !cells_of(t, &bus, &c) ||
	    !dt_property(t, node, "reg", &reg) || !entry(&reg, index, c.address + c.size, &at))
		return false;
	range->base = number_at(&reg, at, c.address);
	range->size = number_at(&reg, at + c.address, c.size);
	return true;
}

/*
 * Read entry `index` of the `ranges` of a bus that is not the root. *here is the range in addresses
 * of the bus; *above is its base in addresses of the parent.
 */
static bool read_window(const struct dt *t, const struct dt_node *bus, unsigned index,
			struct dt_range *here, uint64_t *above)
{
	struct dt_node upper;
	struct dt_value ranges;
	struct cells c, u;
	unsigned at;

	if (!dt_parent(bus, &upper) || !cells_of(t, bus, &c) || !cells_of(t, &upper, &u) ||
	    !dt_property(t, bus, "ranges", &ranges) ||
	    !entry(&ranges, index, c.address + u.address + c.size, &at))
		return false;
	here->base = number_at(&ranges, at, c.address);
	*above = number_at(&ranges, at + c.address, u.address);
	here->size = number_at(&ranges, at + c.address + u.address, c.size);
	return true;
}

/* Translate *base from an address of the bus to one of its parent. */
static bool translate(const struct dt *t, const struct dt_node *bus, uint64_t *base)
{
	struct dt_value ranges;
	struct dt_range here;
	struct cells c;
	uint64_t above;

	/* The addresses of a PCI bus, of 3 cells, belong to several address spaces. */
	if (!dt_property(t, bus, "ranges", &ranges) || !cells_of(t, bus, &c) || c.address > 2)
		return false;
	if (!ranges.size)
		return true;
	for (unsigned i = 0; read_window(t, bus, i, &here, &above); i++) {
		if (*base >= here.base && *base - here.base < here.size) {
			*base = *base - here.base + above;
			return true;
		}
	}
	return false;
}

/* Translate *base from an address of `bus` to one of the root. */
static bool translate_up(const struct dt *t, struct dt_node bus, uint64_t *base)
{
	for (; bus.depth; dt_parent(&bus, &bus)) {
		if (!translate(t, &bus, base))
			return false;
	}
	return true;
}

bool dt_reg(const struct dt *t, const struct dt_node *node, unsigned index, struct dt_range *range)
{
	struct dt_node bus;

	return dt_reg_raw(t, node, index, range) && dt_parent(node, &bus) &&
	       translate_up(t, bus, &range->base);
}

bool dt_window(const struct dt *t, const struct dt_node *bus, unsigned index,
	       struct dt_range *range)
{
	struct dt_range here;
	struct dt_node upper;

	if (!read_window(t, bus, index, &here, &range->base) || !dt_parent(bus, &upper))
		return false;
	range->size = here.size;
	return translate_up(t, upper, &range->base);
}
