/* SPDX-License-Identifier: BSD-2-Clause */
#include "mmu.h"
#include "arch.h"
#include "asm.h"
#include "panic.h"

#define VA_BITS	   39u
#define FDT_MAX	   (2 * MIB) /* the arm64 boot protocol's limit; the second word is the size */
#define POOL_PAGES 64u

/* Descriptor bits (DDI 0487, D8.3). */
#define D_VALID	 BIT(0)
#define D_TABLE	 BIT(1) /* in levels 1 and 2: a table; in level 3: a page */
#define D_DEVICE (UINT64_C(0) << 2)
#define D_NORMAL (UINT64_C(1) << 2)
#define D_RES1	 BIT(6) /* AP[1] */
#define D_RO	 BIT(7)
#define D_INNER	 (UINT64_C(3) << 8)
#define D_AF	 BIT(10)
#define D_XN	 BIT(54)
#define D_ADDR	 UINT64_C(0x0000fffffffff000)

#define MAIR_VALUE UINT64_C(0xff04) /* 0: Device-nGnRE, 1: Normal write-back */
/* RES1, and TG0 4 KiB, inner shareable, write-back walks, 39 bits; PS is added. */
#define TCR_VALUE (BIT(31) | BIT(23) | (3u << 12) | (1u << 10) | (1u << 8) | (64u - VA_BITS))
/* RES1, and I, C, M, SA, WXN. */
#define SCTLR_VALUE (UINT64_C(0x30c50830) | BIT(19) | BIT(12) | BIT(3) | BIT(2) | BIT(0))

static uint64_t pool[POOL_PAGES][512] __attribute__((aligned(4096)));
static unsigned pool_used;

/* What mmu_enable in boot.S loads: MAIR, TCR, TTBR0, SCTLR. */
uint64_t mmu_registers[4];

extern char image_start[], text_end[], rodata_end[], image_end[];
extern char stacks[];

static uint64_t *table_alloc(void)
{
	if (pool_used == POOL_PAGES)
		panic("out of EL2 translation tables: %u in use", POOL_PAGES);
	return pool[pool_used++];
}

static uint64_t leaf_bits(enum mmu_kind kind)
{
	uint64_t normal = D_VALID | D_NORMAL | D_RES1 | D_INNER | D_AF;

	switch (kind) {
	case MMU_TEXT:
		return normal | D_RO;
	case MMU_RODATA:
		return normal | D_RO | D_XN;
	case MMU_DATA:
		return normal | D_XN;
	case MMU_DEVICE:
		break;
	}
	return D_VALID | D_DEVICE | D_RES1 | D_AF | D_XN;
}

/* The table at entry `index` of `table`; made if the entry is empty. NULL: the entry is a block. */
static uint64_t *next_table(uint64_t *table, unsigned index)
{
	if (!(table[index] & D_VALID)) {
		uint64_t *t = table_alloc();

		dsb(ishst); /* the walker must see the zeroes before the table */
		table[index] = (uintptr_t)t | D_VALID | D_TABLE;
	}
	return table[index] & D_TABLE ? pa_ptr((paddr_t){table[index] & D_ADDR}) : NULL;
}

/* Map one block or page at `at`, as large as alignment and `to` allow; returns its end. */
static uint64_t map_one(uint64_t at, uint64_t to, uint64_t bits)
{
	uint64_t *table = pool[0];

	for (unsigned shift = 30; shift > 12; shift -= 9) {
		unsigned index = (unsigned)(at >> shift & 511);
		uint64_t size = BIT(shift);

		if (!(table[index] & D_VALID) && !(at & (size - 1)) && to - at >= size) {
			table[index] = at | bits;
			return at + size;
		}
		table = next_table(table, index);
		if (!table)
			return (at | (size - 1)) + 1;
	}
	if (!(table[at >> 12 & 511] & D_VALID))
		table[at >> 12 & 511] = at | bits | D_TABLE;
	return at + PAGE_SIZE;
}

void mmu_map(uint64_t from, uint64_t to, enum mmu_kind kind)
{
	uint64_t at = from & ~(PAGE_SIZE - 1), end = align_up(to, PAGE_SIZE);

	if (end > BIT(VA_BITS) || from > to)
		panic("cannot map 0x%lx to 0x%lx: EL2 has %u address bits", from, to, VA_BITS);
	while (at < end)
		at = map_one(at, end, leaf_bits(kind));
	dsb(ishst);
	isb();
}

/* Map all of the image, except for the page below each stack. */
void mmu_prepare(uint64_t fdt)
{
	uint64_t start = (uintptr_t)image_start, stack = (uintptr_t)stacks;
	uint64_t range = FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0);

	table_alloc();
	mmu_map(start, (uintptr_t)text_end, MMU_TEXT);
	mmu_map((uintptr_t)text_end, (uintptr_t)rodata_end, MMU_RODATA);
	mmu_map((uintptr_t)rodata_end, stack, MMU_DATA);
	for (unsigned i = 0; i < STACKS; i++, stack += STACK_BYTES)
		mmu_map(stack + PAGE_SIZE, stack + STACK_BYTES, MMU_DATA);
	mmu_map(stack, (uintptr_t)image_end, MMU_DATA);
	mmu_map(fdt, fdt + min_u64(__builtin_bswap32(((uint32_t *)fdt)[1]), FDT_MAX), MMU_RODATA);

	mmu_registers[0] = MAIR_VALUE;
	mmu_registers[1] = TCR_VALUE | min_u64(range, 5) << 16;
	mmu_registers[2] = (uintptr_t)pool[0];
	mmu_registers[3] = SCTLR_VALUE;
}
