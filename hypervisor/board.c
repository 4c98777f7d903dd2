/* SPDX-License-Identifier: BSD-2-Clause */
#include "board.h"

#include <libfdt.h>

struct board board;

/* Big-endian cells of a property: `cells` of them as one number. */
static uint64_t read_cells(const fdt32_t *p, int cells)
{
	uint64_t v = 0;

	for (; cells > 0; cells--)
		v = v << 32 | fdt32_to_cpu(*p++);
	return v;
}

/* Entry `index` of the node's `reg`, by the parent's cell sizes. */
static bool read_reg(const void *fdt, int node, int index, struct board_range *r)
{
	int parent = fdt_parent_offset(fdt, node), length;
	int ac = fdt_address_cells(fdt, parent), sc = fdt_size_cells(fdt, parent);
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	if (!reg || ac < 1 || ac > 2 || sc < 1 || sc > 2 || (index + 1) * (ac + sc) * 4 > length)
		return false;
	reg += index * (ac + sc);
	*r = (struct board_range){read_cells(reg, ac), read_cells(reg + ac, sc)};
	return true;
}

/*
 * Entry `index` of the node's GIC interrupts (three cells: 0 SPI or 1 PPI, number, flags), as
 * INTID.
 */
static bool read_interrupt(const void *fdt, int node, int index, unsigned *intid)
{
	int length;
	const fdt32_t *p = fdt_getprop(fdt, node, "interrupts", &length);

	if (!p || (index + 1) * 12 > length)
		return false;
	p += index * 3;
	*intid = fdt32_to_cpu(p[1]) + (fdt32_to_cpu(p[0]) == 1 ? 16 : 32);
	return true;
}

static const char *read_gic(const void *fdt, struct board *b)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,gic-v3");

	if (node < 0)
		return "no interrupt controller that is compatible with arm,gic-v3";
	if (!read_reg(fdt, node, 0, &b->gicd))
		return "the GIC's distributor has no address";
	while (b->gicr_regions < ARRAY_SIZE(b->gicr) &&
	       read_reg(fdt, node, 1 + (int)b->gicr_regions, &b->gicr[b->gicr_regions]))
		b->gicr_regions++;
	if (!b->gicr_regions)
		return "the GIC's redistributors have no address";
	if (!read_interrupt(fdt, node, 0, &b->maintenance_intid))
		return "the GIC has no maintenance interrupt, which virtualization needs";
	return NULL;
}

/* The order of a timer's interrupts: secure physical, physical, virtual, hypervisor. */
static const char *read_timer(const void *fdt, struct board *b)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,armv8-timer");

	if (node < 0 || !read_interrupt(fdt, node, 1, &b->ptimer_intid) ||
	    !read_interrupt(fdt, node, 2, &b->vtimer_intid) ||
	    !read_interrupt(fdt, node, 3, &b->hyp_timer_intid))
		return "no arm,armv8-timer with four interrupts";
	return NULL;
}

static void read_uart(const void *fdt, struct board *b)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,pl011");

	if (node < 0 || !read_reg(fdt, node, 0, &b->uart) ||
	    !read_interrupt(fdt, node, 0, &b->uart_intid))
		b->uart = (struct board_range){0};
}

static const char *read_cpus(const void *fdt, struct board *b)
{
	int cpus = fdt_path_offset(fdt, "/cpus"), node;

	fdt_for_each_subnode(node, fdt, cpus)
	{
		int length;
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);
		const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

		if (!type || type[0] != 'c' || !reg || length < 4 || b->cpu_count == MAP_MAX_PCPUS)
			continue;
		b->cpu_mpidr[b->cpu_count++] = read_cells(reg, length / 4);
	}
	return b->cpu_count ? NULL : "no CPUs";
}

static const char *read_memory(const void *fdt, struct board *b)
{
	int node;

	fdt_for_each_subnode(node, fdt, 0)
	{
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);
		struct board_range r;

		if (!type || type[0] != 'm')
			continue;
		for (int i = 0; b->memory_count < BOARD_MAX_MEMORY && read_reg(fdt, node, i, &r);
		     i++)
			b->memory[b->memory_count++] = r;
	}
	return b->memory_count ? NULL : "no memory";
}

static const char *read_chosen(const void *fdt, struct board *b)
{
	int node = fdt_path_offset(fdt, "/chosen"), start_length, end_length;
	const fdt32_t *start = fdt_getprop(fdt, node, "linux,initrd-start", &start_length);
	const fdt32_t *end = fdt_getprop(fdt, node, "linux,initrd-end", &end_length);

	if (!start || !end || start_length < 4 || end_length < 4)
		return "/chosen has no initrd, which must hold the lab";
	b->bundle = read_cells(start, start_length / 4);
	b->bundle_end = read_cells(end, end_length / 4);
	return NULL;
}

static const char *read_psci(const void *fdt, struct board *b)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,psci-0.2");
	const char *method = node < 0 ? NULL : fdt_getprop(fdt, node, "method", NULL);

	if (!method || method[0] != 's')
		return "no PSCI over SMC: is virtualization on?";
	b->psci_smc = true;
	return NULL;
}

const char *board_read(const void *fdt, struct board *b)
{
	const char *(*const parts[])(const void *, struct board *) = {
		read_psci, read_gic, read_timer, read_cpus, read_memory, read_chosen,
	};

	if (fdt_check_header(fdt))
		return "x0 does not point to a devicetree";
	*b = (struct board){0};
	read_uart(fdt, b);
	for (unsigned i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *missing = parts[i](fdt, b);

		if (missing)
			return missing;
	}
	return NULL;
}
