/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The identity map, of 39 bits (DDI 0487, D8). Tables by granule: levels 1 to 3 for 4 KiB; levels 1
 * to 3, with 8 entries in level 1, for 16 KiB; levels 2 and 3 for 64 KiB.
 */
#include <stddef.h>
#include "board.h"
#include "console.h"
#include "cpu.h"
#include "mmu.h"
#include "psci.h"
#include "start.h"
#include "sysreg.h"

#define VA_BITS	    39u
#define LEVEL_BITS  (GUEST_GRANULE_SHIFT - 3u)
#define ENTRIES	    (1u << LEVEL_BITS)
#define LAST_LEVEL  3u
#define IMAGE_BYTES 0x200000ull

/*
 * For each granule: the first level, the first level that may have blocks, TCR_EL1.TG0, and the
 * number of tables. Then the field of ID_AA64MMFR0_EL1 for the granule, and the value by which it
 * says that the CPU lacks the granule.
 */
#if GUEST_GRANULE_SHIFT == 12
#define FIRST_LEVEL   1u
#define BLOCK_LEVEL   1u
#define TCR_TG0	      0ull
#define TABLES	      32u
#define TGRAN_SHIFT   28
#define TGRAN_MISSING 0xfu
#elif GUEST_GRANULE_SHIFT == 14
#define FIRST_LEVEL   1u
#define BLOCK_LEVEL   2u
#define TCR_TG0	      (2ull << 14)
#define TABLES	      32u
#define TGRAN_SHIFT   20
#define TGRAN_MISSING 0u
#else
#define FIRST_LEVEL   2u
#define BLOCK_LEVEL   2u
#define TCR_TG0	      (1ull << 14)
#define TABLES	      16u
#define TGRAN_SHIFT   24
#define TGRAN_MISSING 0xfu
#endif

#define PTE_VALID   1ull
#define PTE_TABLE   2ull /* a table, or a page at the last level */
#define PTE_ATTR(i) ((uint64_t)(i) << 2)
#define PTE_INNER   (3ull << 8)
#define PTE_AF	    (1ull << 10)
#define PTE_XN	    (3ull << 53)
#define PTE_ADDRESS 0x0000fffffffff000ull

#define MAIR (0xffull << 8) /* 0: device nGnRnE; 1: write-back, read and write allocate */

/* TCR_EL1: VA_BITS for TTBR0, tables in write-back inner shareable memory; no TTBR1. */
#define TCR ((64u - VA_BITS) | 1ull << 8 | 1ull << 10 | 3ull << 12 | TCR_TG0 | 1ull << 23)

struct {
	uint64_t mair, tcr, ttbr0;
} mmu_registers; /* start.S */

static _Alignas(MMU_PAGE) uint64_t tables[TABLES][ENTRIES];
static unsigned tables_used;
static bool live, locked;
static unsigned
	changes; /* counts begin and end of each change of a valid entry: odd during a change */

bool mmu_is_on(void)
{
	return sysreg_read("sctlr_el1") & 1;
}

static uint64_t span(unsigned level)
{
	return MMU_PAGE << (LEVEL_BITS * (LAST_LEVEL - level));
}

static uint64_t leaf(uint64_t address, unsigned level, enum mmu_type type)
{
	uint64_t pte = address | PTE_VALID | PTE_AF | (level == LAST_LEVEL ? PTE_TABLE : 0);

	return pte | (type == MMU_NORMAL ? PTE_ATTR(1) | PTE_INNER : PTE_ATTR(0) | PTE_XN);
}

/* Break before make (DDI 0487, D8.14): a valid entry that changes is invalid in between. */
static void set_entry(uint64_t *entry, uint64_t pte, uint64_t address)
{
	volatile uint64_t *e = entry;
	bool breaks = live && (*e & PTE_VALID);

	if (breaks) {
		__atomic_store_n(&changes, changes + 1, __ATOMIC_SEQ_CST);
		*e = 0;
		dsb(ishst);
		__asm__ volatile("tlbi vaae1is, %0" : : "r"(address >> 12) : "memory");
		dsb(ish);
		isb();
	}
	*e = pte;
	dsb(ishst);
	isb();
	if (breaks)
		__atomic_store_n(&changes, changes + 1, __ATOMIC_SEQ_CST);
}

bool mmu_fault_is_transient(void)
{
	struct cpu *cpu = cpu_self();
	unsigned now = __atomic_load_n(&changes, __ATOMIC_SEQ_CST);

	if (now == cpu->mmu_changes)
		return false;
	for (; now % 2; cpu_relax())
		now = __atomic_load_n(&changes, __ATOMIC_SEQ_CST);
	cpu->mmu_changes = now;
	return true;
}

/* The table below an entry. A block is split into a table with the same mapping. */
static uint64_t *table_below(uint64_t *entry, unsigned level, uint64_t address)
{
	uint64_t old = *entry, step = old ? span(level + 1) : 0;
	uint64_t *table;

	if ((old & (PTE_VALID | PTE_TABLE)) == (PTE_VALID | PTE_TABLE))
		return (uint64_t *)(uintptr_t)(old & PTE_ADDRESS);
	if (tables_used == TABLES) {
		console_print("Bail out! out of page tables\n");
		psci_system_off();
	}
	if (old && level + 1 == LAST_LEVEL)
		old |= PTE_TABLE;
	table = tables[tables_used++];
	for (unsigned i = 0; i < ENTRIES; i++)
		table[i] = old + i * step;
	set_entry(entry, (uint64_t)(uintptr_t)table | PTE_TABLE | PTE_VALID, address);
	return table;
}

static void map_one(uint64_t address, unsigned level, enum mmu_type type)
{
	uint64_t *table = tables[0];
	uint64_t *entry;

	for (unsigned l = FIRST_LEVEL;; l++) {
		entry = &table[address / span(l) % ENTRIES];
		if (l == level)
			break;
		table = table_below(entry, l, address);
	}
	if (*entry != leaf(address, level, type))
		set_entry(entry, leaf(address, level, type), address);
}

/*
 * Whether the entry at this level is a table. If it is, the caller changes the table's entries
 * instead.
 */
static bool has_table(uint64_t address, unsigned level)
{
	uint64_t *table = tables[0];

	for (unsigned l = FIRST_LEVEL; l <= level && l < LAST_LEVEL; l++) {
		uint64_t pte = table[address / span(l) % ENTRIES];

		if (!(pte & PTE_TABLE))
			return false;
		table = (uint64_t *)(uintptr_t)(pte & PTE_ADDRESS);
	}
	return level < LAST_LEVEL;
}

static void map(uint64_t base, uint64_t size, enum mmu_type type)
{
	uint64_t end = (base + size + MMU_PAGE - 1) & -MMU_PAGE;
	unsigned level;

	for (base &= -MMU_PAGE; base < end; base += span(level)) {
		level = BLOCK_LEVEL;
		while (level < LAST_LEVEL &&
		       (base % span(level) || end - base < span(level) || has_table(base, level)))
			level++;
		map_one(base, level, type);
	}
}

void mmu_map(uint64_t base, uint64_t size, enum mmu_type type)
{
	while (__atomic_exchange_n(&locked, true, __ATOMIC_ACQUIRE))
		cpu_relax();
	map(base, size, type);
	__atomic_store_n(&locked, false, __ATOMIC_RELEASE);
}

/* Nothing can be mapped, so this message is printed with the MMU off. */
static _Noreturn void no_such_granule(uint64_t fdt)
{
	board_init(fdt);
	console_init();
	console_print("Bail out! this CPU has no %u KiB granule\n", (unsigned)(MMU_PAGE >> 10));
	psci_system_off();
}

/*
 * Called with the MMU off. Maps the image and the FDT as memory, which is all that is needed to
 * continue. Other memory follows when the FDT has been read.
 */
void mmu_prepare(uint64_t fdt)
{
	uint64_t features = sysreg_read("id_aa64mmfr0_el1"), pa_range = features & 0xf;

	if ((features >> TGRAN_SHIFT & 0xf) == TGRAN_MISSING)
		no_such_granule(fdt);
	tables_used = 1;
	map(0, 1ull << VA_BITS, MMU_DEVICE);
	map((uint64_t)(uintptr_t)_start, IMAGE_BYTES, MMU_NORMAL);
	if (fdt)
		map(fdt, dt_bytes((const void *)(uintptr_t)fdt), MMU_NORMAL);
	mmu_registers.mair = MAIR;
	mmu_registers.tcr = TCR | (pa_range > 5 ? 5 : pa_range) << 32;
	mmu_registers.ttbr0 = (uint64_t)(uintptr_t)tables[0];
	live = true;
}
