/* SPDX-License-Identifier: BSD-2-Clause */
/* The identity map: 4 KiB granule, 39-bit addresses, so tables of levels 1 to 3 (DDI 0487, D8). */
#include <stdbool.h>
#include <stddef.h>
#include "mmu.h"
#include "start.h"
#include "console.h"
#include "psci.h"
#include "sysreg.h"

#define PAGE	    4096ull
#define ENTRIES	    512u
#define TABLES	    24u /* level 1; and of levels 2 and 3 for image, FDT, RAM's ends and single pages */
#define IMAGE_BYTES 0x200000ull

#define PTE_VALID   1ull
#define PTE_TABLE   2ull /* a table at levels 1 and 2, a page at level 3 */
#define PTE_ATTR(i) ((uint64_t)(i) << 2)
#define PTE_INNER   (3ull << 8)
#define PTE_AF	    (1ull << 10)
#define PTE_XN	    (3ull << 53)
#define PTE_ADDRESS 0x0000fffffffff000ull

#define MAIR (0xffull << 8) /* 0: device nGnRnE; 1: write-back, read and write allocate */

/* TCR_EL1: 39 bits for TTBR0 (T0SZ 25), tables in write-back inner shareable memory; no TTBR1. */
#define TCR (25ull | 1ull << 8 | 1ull << 10 | 3ull << 12 | 1ull << 23)

extern char _start[];

struct {
	uint64_t mair, tcr, ttbr0;
} mmu_registers; /* start.S */

static _Alignas(4096) uint64_t tables[TABLES][ENTRIES];
static unsigned tables_used;
static bool live;

static uint64_t span(unsigned level)
{
	return PAGE << (9 * (3 - level));
}

static uint64_t leaf(uint64_t address, unsigned level, enum mmu_type type)
{
	uint64_t pte = address | PTE_VALID | PTE_AF | (level == 3 ? PTE_TABLE : 0);

	return pte | (type == MMU_NORMAL ? PTE_ATTR(1) | PTE_INNER : PTE_ATTR(0) | PTE_XN);
}

/* Break before make (DDI 0487, D8.14): a valid entry that changes is invalid in between. */
static void set_entry(uint64_t *entry, uint64_t pte, uint64_t address)
{
	volatile uint64_t *e = entry;

	if (live && (*e & PTE_VALID)) {
		*e = 0;
		dsb(ishst);
		__asm__ volatile("tlbi vaae1is, %0" : : "r"(address >> 12) : "memory");
		dsb(ish);
		isb();
	}
	*e = pte;
	dsb(ishst);
	isb();
}

/* The table below an entry; a block is split into one that says the same. */
static uint64_t *table_below(uint64_t *entry, unsigned level, uint64_t address)
{
	uint64_t old = *entry;
	uint64_t *table;

	if ((old & (PTE_VALID | PTE_TABLE)) == (PTE_VALID | PTE_TABLE))
		return (uint64_t *)(uintptr_t)(old & PTE_ADDRESS);
	if (tables_used == TABLES) {
		console_print("Bail out! out of page tables\n");
		psci_system_off();
	}
	table = tables[tables_used++];
	for (unsigned i = 0; i < ENTRIES; i++)
		table[i] =
			(old & ~PTE_TABLE) + i * span(level + 1) + (level + 1 == 3 ? PTE_TABLE : 0);
	set_entry(entry, (uint64_t)(uintptr_t)table | PTE_TABLE | PTE_VALID, address);
	return table;
}

static void map_one(uint64_t address, unsigned level, enum mmu_type type)
{
	uint64_t *table = tables[0];
	uint64_t *entry;

	for (unsigned l = 1;; l++) {
		entry = &table[address / span(l) % ENTRIES];
		if (l == level)
			break;
		table = table_below(entry, l, address);
	}
	if (*entry != leaf(address, level, type))
		set_entry(entry, leaf(address, level, type), address);
}

/* Whether the entry at this level is a table already: then its parts are changed one by one. */
static bool has_table(uint64_t address, unsigned level)
{
	uint64_t *table = tables[0];

	for (unsigned l = 1; l <= level && l < 3; l++) {
		uint64_t pte = table[address / span(l) % ENTRIES];

		if (!(pte & PTE_TABLE))
			return false;
		table = (uint64_t *)(uintptr_t)(pte & PTE_ADDRESS);
	}
	return level < 3;
}

void mmu_map(uint64_t base, uint64_t size, enum mmu_type type)
{
	uint64_t end = (base + size + PAGE - 1) & -PAGE;
	unsigned level;

	for (base &= -PAGE; base < end; base += span(level)) {
		level = 1;
		while (level < 3 &&
		       (base % span(level) || end - base < span(level) || has_table(base, level)))
			level++;
		map_one(base, level, type);
	}
}

/* The FDT's size: read by hand, as libfdt may not run with the MMU off. */
static uint64_t fdt_bytes(uint64_t fdt)
{
	uint32_t size = *(const volatile uint32_t *)(uintptr_t)(fdt + 4);

	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? size : __builtin_bswap32(size);
}

/* MMU off. What is needed to go on is memory: image and FDT. The rest comes when the FDT was read. */
void mmu_prepare(uint64_t fdt)
{
	uint64_t pa_range = sysreg_read("id_aa64mmfr0_el1") & 0xf;

	tables_used = 1;
	for (unsigned i = 0; i < ENTRIES; i++)
		tables[0][i] = leaf(i * span(1), 1, MMU_DEVICE);
	mmu_map((uint64_t)(uintptr_t)_start, IMAGE_BYTES, MMU_NORMAL);
	mmu_map(fdt, fdt_bytes(fdt), MMU_NORMAL);
	mmu_registers.mair = MAIR;
	mmu_registers.tcr = TCR | (pa_range > 5 ? 5 : pa_range) << 32;
	mmu_registers.ttbr0 = (uint64_t)(uintptr_t)tables[0];
	live = true;
}
