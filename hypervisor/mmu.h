/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MMU_H
#define MMU_H

/*
 * EL2's own stage 1 (DDI 0487, D8): one to one, 39 bits, 4 KiB granule, caches on, nothing both
 * writable and executable. The tables come from a pool inside the image.
 */
#include "types.h"

enum mmu_kind { MMU_TEXT, MMU_RODATA, MMU_DATA, MMU_DEVICE };

/* Before the MMU is on: map the image and the FDT. Called by boot.S. */
void mmu_prepare(uint64_t fdt);
/*
 * Map what is not mapped yet of [from, to), rounded out to pages. All running CPUs see it at once.
 * Running out of tables, or an address beyond 39 bits, is a panic: boards cause that, not guests.
 */
void mmu_map(uint64_t from, uint64_t to, enum mmu_kind kind);

#endif
