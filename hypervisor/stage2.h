/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STAGE2_H
#define STAGE2_H

/*
 * Stage 2 translation (DDI 0487, D8): a 40-bit IPA space, 4 KiB granule, two concatenated tables at
 * level 1, the largest blocks that fit.
 */
#include "types.h"

#define S2_IPA_BITS 40u

enum s2_access { S2_READ_ONLY, S2_READ_EXECUTE, S2_READ_WRITE /* and execute */ };

struct stage2 {
	uint64_t *root; /* two pages, 8 KiB aligned */
	uint16_t vmid;	/* 1 to 255 */
};

/* Allocate an empty table. vmid: 1 to 255, unique. False: no memory. */
bool stage2_init(struct stage2 *s2, uint16_t vmid);
/*
 * Map [ipa, ipa + size) as normal write-back inner-shareable memory. Everything is page-aligned,
 * and the range is not mapped yet. False: no memory, not aligned, or beyond 40 bits. No TLB
 * maintenance: an entry that was invalid is in no TLB.
 */
bool stage2_map(struct stage2 *s2, ipaddr_t ipa, paddr_t pa, uint64_t size, enum s2_access access);
/*
 * stage2_repeat(): a level 3 table whose 512 entries all map the page at `page`; NULL: no memory.
 * stage2_map_repeated(): map [ipa, ipa + size), multiples of 2 MiB, with only such a table, which
 * any number of VMs may share. False: as stage2_map().
 */
uint64_t *stage2_repeat(paddr_t page, enum s2_access access);
bool stage2_map_repeated(struct stage2 *s2, ipaddr_t ipa, uint64_t size, const uint64_t *table);
/*
 * Where `ipa` is mapped, for tests and reports: the physical address and the block size. False: it
 * is not mapped.
 */
bool stage2_walk(const struct stage2 *s2, ipaddr_t ipa, paddr_t *pa, uint64_t *block);

#endif
