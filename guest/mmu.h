/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_MMU_H
#define GUEST_MMU_H

#include <stdint.h>

/* Everything is mapped one to one, 39 bits of it, at EL1, readable and writable. */
enum mmu_type {
	MMU_DEVICE, /* nGnRnE, never executed: what all is that was not said to be memory */
	MMU_NORMAL, /* inner and outer write-back, inner shareable */
};

/*
 * Change the type of [base, base + size), rounded to whole pages of 4 KiB. Nobody, this CPU's own stack
 * and code included, may be using the range or the 2 MiB (from a first call: 1 GiB) around its ends
 * meanwhile, other than as MMU_NORMAL that it stays.
 */
void mmu_map(uint64_t base, uint64_t size, enum mmu_type type);

#endif
