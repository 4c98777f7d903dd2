/* SPDX-License-Identifier: BSD-2-Clause */
#include "stage2.h"
#include "memory.h"

/* Descriptor bits (DDI 0487, D8.3). */
#define D_VALID	 BIT(0)
#define D_TABLE	 BIT(1)		      /* levels 1 and 2: a table; level 3: a page */
#define D_NORMAL (UINT64_C(0xf) << 2) /* inner and outer write-back */
#define D_READ	 BIT(6)
#define D_WRITE	 BIT(7)
#define D_INNER	 (UINT64_C(3) << 8)
#define D_AF	 BIT(10)
#define D_XN	 BIT(54)
#define D_ADDR	 UINT64_C(0x0000fffffffff000)

bool stage2_init(struct stage2 *s2, uint16_t vmid)
{
	s2->root = page_alloc(2);
	s2->vmid = vmid;
	return s2->root;
}

static uint64_t leaf_bits(enum s2_access access)
{
	uint64_t bits = D_VALID | D_NORMAL | D_INNER | D_AF | D_READ;

	switch (access) {
	case S2_READ_ONLY:
		return bits | D_XN;
	case S2_READ_WRITE:
		return bits | D_WRITE;
	case S2_READ_EXECUTE:
		break;
	}
	return bits;
}

/* The table at entry `index` of `table`; made if there is none. NULL: no memory. */
static uint64_t *next_table(uint64_t *table, uint64_t index)
{
	if (!(table[index] & D_VALID)) {
		uint64_t *next = page_alloc(1);

		if (!next)
			return NULL;
		table[index] = (uintptr_t)next | D_VALID | D_TABLE;
	}
	return (uint64_t *)(uintptr_t)(table[index] & D_ADDR);
}

/*
 * Map one block or page, as large as both addresses and the size allow. Returns its size; 0: no
 * memory.
 */
static uint64_t map_one(struct stage2 *s2, uint64_t ipa, uint64_t pa, uint64_t size, uint64_t bits)
{
	uint64_t *table = s2->root;
	uint64_t index = ipa >> 30; /* two concatenated tables: ten bits */

	for (unsigned shift = 30; shift > 12; shift -= 9) {
		uint64_t block = BIT(shift);

		if (!((ipa | pa) & (block - 1)) && size >= block) {
			table[index] = pa | bits;
			return block;
		}
		table = next_table(table, index);
		if (!table)
			return 0;
		index = ipa >> (shift - 9) & 511;
	}
	table[index] = pa | bits | D_TABLE;
	return PAGE_SIZE;
}

bool stage2_map(struct stage2 *s2, ipaddr_t ipa, paddr_t pa, uint64_t size, enum s2_access access)
{
	uint64_t done = 0;

	if ((ipa.ipa | pa.pa | size) & (PAGE_SIZE - 1) || ipa.ipa >= BIT(S2_IPA_BITS) ||
	    size > BIT(S2_IPA_BITS) - ipa.ipa)
		return false;
	while (done < size) {
		uint64_t mapped =
			map_one(s2, ipa.ipa + done, pa.pa + done, size - done, leaf_bits(access));

		if (!mapped)
			return false;
		done += mapped;
	}
	return true;
}

uint64_t *stage2_repeat(paddr_t page, enum s2_access access)
{
	uint64_t *table = page_alloc(1);

	for (unsigned i = 0; table && i < 512; i++)
		table[i] = page.pa | leaf_bits(access) | D_TABLE;
	return table;
}

bool stage2_map_repeated(struct stage2 *s2, ipaddr_t ipa, uint64_t size, const uint64_t *repeated)
{
	if ((ipa.ipa | size) & (2 * MIB - 1) || ipa.ipa >= BIT(S2_IPA_BITS) ||
	    size > BIT(S2_IPA_BITS) - ipa.ipa)
		return false;
	for (uint64_t at = ipa.ipa; at < ipa.ipa + size; at += 2 * MIB) {
		uint64_t *table = next_table(s2->root, at >> 30);

		if (!table)
			return false;
		table[at >> 21 & 511] = (uintptr_t)repeated | D_VALID | D_TABLE;
	}
	return true;
}

bool stage2_walk(const struct stage2 *s2, ipaddr_t ipa, paddr_t *pa, uint64_t *block)
{
	const uint64_t *table = s2->root;
	uint64_t index = ipa.ipa >> 30;

	if (ipa.ipa >= BIT(S2_IPA_BITS))
		return false;
	for (unsigned shift = 30;; shift -= 9) {
		uint64_t d = table[index];

		if (!(d & D_VALID))
			return false;
		if (shift == 12 || !(d & D_TABLE)) {
			*block = BIT(shift);
			pa->pa = (d & D_ADDR & ~(*block - 1)) | (ipa.ipa & (*block - 1));
			return true;
		}
		table = (const uint64_t *)(uintptr_t)(d & D_ADDR);
		index = ipa.ipa >> (shift - 9) & 511;
	}
}
