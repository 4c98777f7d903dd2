/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the structures are: in memory of their own, in granules of 64 KiB that hold nothing else
 * . The FDT describes what else exists; it need not describe the structures.
 */
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/fdt.h"
#include "guest/mmu.h"
#include "hypervisor/string.h"
#include "prepare.h"
#include "suite.h"

#define START_MS 2000
#define PATH_MAX 64
#define REGS_MAX 64 /* reg entries of one node */

enum kind {
	OTHER,
	MEMORY,
	RESERVED,	/* below /reserved-memory: RAM of the guest, for a special purpose */
	RESERVED_NO_MAP /* below /reserved-memory with no-map: the guest does not map it */
};

static bool overlap(struct dt_range a, struct dt_range b)
{
	return a.size && b.size && a.base <= b.base + (b.size - 1) &&
	       b.base <= a.base + (a.size - 1);
}

static bool contains(struct dt_range outer, struct dt_range inner)
{
	return inner.base >= outer.base && inner.base - outer.base <= outer.size &&
	       inner.size <= outer.size - (inner.base - outer.base);
}

static struct dt_range structure_range(unsigned cpu)
{
	return (struct dt_range){suite.ipa[cpu], PVTIME_STRUCT_SIZE};
}

static struct dt_range granule_of(unsigned cpu)
{
	return (struct dt_range){suite.ipa[cpu] & -(uint64_t)PVTIME_GRANULE, PVTIME_GRANULE};
}

/* Whether a CPU with a lower index has its structure in the same granule. */
static bool granule_known(unsigned cpu)
{
	for (unsigned i = 0; i < cpu; i++) {
		if (granule_of(i).base == granule_of(cpu).base)
			return true;
	}
	return false;
}

static enum kind kind_of(const struct dt *t, const struct dt_node *node)
{
	struct dt_node parent;
	struct dt_value value;

	if (strcmp(dt_text(t, node, "device_type"), "memory") == 0)
		return MEMORY;
	if (node->depth == 2 && dt_parent(node, &parent) &&
	    strcmp(dt_name(t, &parent), "reserved-memory") == 0)
		return dt_property(t, node, "no-map", &value) ? RESERVED_NO_MAP : RESERVED;
	return OTHER;
}

/* Whether a node of that kind contains all of `range`. */
static bool is_in(const struct dt *t, enum kind kind, struct dt_range range)
{
	struct dt_node node;
	struct dt_range reg;

	for (bool more = dt_root(t, &node); more; more = dt_next(t, &node)) {
		if (kind_of(t, &node) != kind)
			continue;
		for (unsigned i = 0; i < REGS_MAX && dt_reg(t, &node, i, &reg); i++) {
			if (contains(reg, range))
				return true;
		}
	}
	return false;
}

/* Whether the FDT reserves all of `range` in any way. */
static bool is_reserved(const struct dt *t, struct dt_range range)
{
	struct dt_range entry;

	for (unsigned n = 0; n < REGS_MAX && dt_reserved(t, n, &entry); n++) {
		if (contains(entry, range))
			return true;
	}
	return is_in(t, RESERVED, range) || is_in(t, RESERVED_NO_MAP, range);
}

/* Whether `reg` is the structures' own region: it contains every structure of the granule. */
static bool is_region(struct dt_range reg, struct dt_range granule)
{
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (granule_of(i).base == granule.base && !contains(reg, structure_range(i)))
			return false;
	}
	return true;
}

/*
 * Calls fn(tree, node, reg) for every reg of the FDT, as a CPU address, of enabled and disabled
 * nodes.
 */
static void each_reg(void (*fn)(const struct dt *t, const struct dt_node *node,
				struct dt_range reg))
{
	struct dt_node node;
	struct dt_range reg;
	unsigned regs = 0;

	for (bool more = dt_root(&board.fdt, &node); more; more = dt_next(&board.fdt, &node)) {
		for (unsigned i = 0; i < REGS_MAX && dt_reg(&board.fdt, &node, i, &reg);
		     i++, regs++)
			fn(&board.fdt, &node, reg);
	}
	check(regs != 0, "the FDT has no reg");
}

static void not_ram(const struct dt *t, const struct dt_node *node, struct dt_range reg)
{
	char path[PATH_MAX];

	if (kind_of(t, node) != MEMORY)
		return;
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (overlap(reg, structure_range(i)) && !is_reserved(t, structure_range(i)))
			check(false,
			      "CPU %u: the structure at 0x%lx is in the RAM of %s, and the FDT does not reserve it",
			      i, suite.ipa[i], dt_path(t, node, path, sizeof path));
	}
}

void case_reserved(void)
{
	if (every_structure())
		each_reg(not_ram);
}

/*
 * A granule may overlap the node of the region itself, and RAM from which the region was taken as a
 * whole (no-map).
 */
static bool may_be_there(const struct dt *t, const struct dt_node *node, struct dt_range reg,
			 struct dt_range granule)
{
	switch (kind_of(t, node)) {
	case MEMORY:
		return is_in(t, RESERVED_NO_MAP, granule);
	case RESERVED:
	case RESERVED_NO_MAP:
		return is_region(reg, granule);
	default:
		return false;
	}
}

static void not_in_granules(const struct dt *t, const struct dt_node *node, struct dt_range reg)
{
	char path[PATH_MAX];

	for (unsigned i = 0; i < cpu_count(); i++) {
		struct dt_range granule = granule_of(i);

		if (granule_known(i) || !overlap(reg, granule) ||
		    may_be_there(t, node, reg, granule))
			continue;
		check(false, "the 64 KiB at 0x%lx also hold %s, 0x%lx bytes from 0x%lx",
		      granule.base, dt_path(t, node, path, sizeof path), reg.size, reg.base);
	}
}

/* The FDT's memory reservation block, whose entries have no names. */
static void no_reservations(void)
{
	struct dt_range entry;

	for (unsigned n = 0; n < REGS_MAX && dt_reserved(&board.fdt, n, &entry); n++) {
		for (unsigned i = 0; i < cpu_count(); i++) {
			struct dt_range granule = granule_of(i);

			if (!granule_known(i) && overlap(entry, granule) &&
			    !is_region(entry, granule))
				check(false,
				      "the 64 KiB at 0x%lx also hold a memory reservation, 0x%lx bytes from 0x%lx",
				      granule.base, entry.size, entry.base);
		}
	}
}

void case_own_granules(void)
{
	if (!every_structure())
		return;
	each_reg(not_in_granules);
	no_reservations();
}

/*
 * readable: all of a granule must be memory, not only the 4 KiB with structures in them. A guest
 * with 64 KiB pages maps the whole granule as Normal memory, and a read there, by the guest or by a
 * dump of its memory, must not abort. An address that aborts also looks like a device, and the
 * guest cannot tell the two apart. (Speculative reads do no harm: the CPU does not perform them
 * where stage 2 has no memory.)
 *
 * The case also makes an unaligned read. On real hardware it aborts if stage 2 makes the granule
 * Device memory (DDI 0487, B2.7.2); QEMU's emulation does not show that.
 */
static struct scan {
	unsigned faults;
	struct fault first;
} scans[CPU_MAX];

static void scan_read(struct scan *scan, uint64_t address)
{
	uint64_t value;
	struct fault fault = fault_read(address, 8, &value);

	if (fault.taken && scan->faults++ == 0)
		scan->first = fault;
}

static void scan_granules(void *arg)
{
	struct scan *scan = arg;

	*scan = (struct scan){.faults = 0};
	for (unsigned i = 0; i < cpu_count(); i++) {
		uint64_t base = granule_of(i).base;

		if (granule_known(i))
			continue;
		for (uint64_t offset = 0; offset < PVTIME_GRANULE; offset += 8)
			scan_read(scan, base + offset);
		scan_read(scan, base + 1);
	}
}

void case_readable(void)
{
	if (!every_structure())
		return;
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (!granule_known(i))
			mmu_map(granule_of(i).base, PVTIME_GRANULE, MMU_NORMAL);
	}
	for (unsigned i = 0; i < cpu_count(); i++) {
		struct scan *scan = &scans[i];

		if (i == 0)
			scan_granules(scan);
		else if (!on_cpu_run(i, scan_granules, scan, START_MS))
			return;
		check(scan->faults == 0,
		      "CPU %u: %u reads of 8 bytes fault, the first at 0x%lx with ESR 0x%lx", i,
		      scan->faults, scan->first.far, scan->first.esr);
	}
}
