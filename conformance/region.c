/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the structures lie: in memory of their own, in granules of 64 KiB that hold nothing else
 * . The FDT says what else there is; it need not say anything of the structures.
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
#define REGS_MAX 64 /* of one node */

enum kind {
	OTHER,
	MEMORY,
	RESERVED, /* below /reserved-memory: the guest's RAM still, though not for everybody */
	RESERVED_NO_MAP /* and this is not: the guest leaves it unmapped */
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

/* Whether a CPU before this one has its structure in the same granule. */
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

/* Whether all of `range` is in a node of that kind. */
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

/* Whether the FDT reserves all of `range`, in whichever way. */
static bool is_reserved(const struct dt *t, struct dt_range range)
{
	struct dt_range entry;

	for (unsigned n = 0; n < REGS_MAX && dt_reserved(t, n, &entry); n++) {
		if (contains(entry, range))
			return true;
	}
	return is_in(t, RESERVED, range) || is_in(t, RESERVED_NO_MAP, range);
}

/*
 * Whether these bytes are the structures' own region: every structure that is in the granule is in
 * there.
 */
static bool is_region(struct dt_range reg, struct dt_range granule)
{
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (granule_of(i).base == granule.base && !contains(reg, structure_range(i)))
			return false;
	}
	return true;
}

/*
 * fn(tree, node, reg) for every reg of the FDT as the CPU sees it, whether the node is enabled or
 * not.
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
	check(regs != 0, "the FDT says where nothing is");
}

static void not_ram(const struct dt *t, const struct dt_node *node, struct dt_range reg)
{
	char path[PATH_MAX];

	if (kind_of(t, node) != MEMORY)
		return;
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (overlap(reg, structure_range(i)) && !is_reserved(t, structure_range(i)))
			check(false, "CPU %u: 0x%lx is in %s, and nothing reserves it", i,
			      suite.ipa[i], dt_path(t, node, path, sizeof path));
	}
}

void case_reserved(void)
{
	if (every_structure())
		each_reg(not_ram);
}

/*
 * The node of the region itself may be there, or not; so may be RAM that the region was taken out
 * of, as a whole.
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
		check(false, "the 64 KiB at 0x%lx have %s, 0x%lx bytes from 0x%lx", granule.base,
		      dt_path(t, node, path, sizeof path), reg.size, reg.base);
	}
}

/* The blob's own list of reserved memory, which has no names. */
static void no_reservations(void)
{
	struct dt_range entry;

	for (unsigned n = 0; n < REGS_MAX && dt_reserved(&board.fdt, n, &entry); n++) {
		for (unsigned i = 0; i < cpu_count(); i++) {
			struct dt_range granule = granule_of(i);

			if (!granule_known(i) && overlap(entry, granule) &&
			    !is_region(entry, granule))
				check(false,
				      "the 64 KiB at 0x%lx have a memory reservation, 0x%lx bytes "
				      "from 0x%lx",
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
 * readable: all of a granule has to be memory, not just the 4 KiB that have structures in them. A
 * guest with 64 KiB pages maps all of it as Normal memory. What it, or a dump of its memory, then
 * reads there must not abort; and where something aborts, nobody in the guest can tell nothing from
 * a device that is there after all. (Speculative reads do no harm either way: they are not
 * performed where stage 2 has no memory.)
 *
 * A read that is not aligned comes too: it aborts on real hardware where stage 2 makes Device
 * memory of it (DDI 0487, B2.7.2), which QEMU's emulation does not show.
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
		      "CPU %u: %u reads of 8 bytes fault, the first of them at 0x%lx: ESR 0x%lx", i,
		      scan->faults, scan->first.far, scan->first.esr);
	}
}
