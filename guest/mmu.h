/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_MMU_H
#define GUEST_MMU_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The page size for which this image is built, as a power of 2: 4 KiB (12), 16 KiB (14) or 64 KiB
 * (16).
 */
#ifndef GUEST_GRANULE_SHIFT
#define GUEST_GRANULE_SHIFT 12
#endif
#define MMU_PAGE (1ull << GUEST_GRANULE_SHIFT)

/* Addresses of 39 bits are mapped one to one at EL1, readable and writable. */
enum mmu_type {
	MMU_DEVICE, /* nGnRnE, not executable: all that mmu_map() has not made MMU_NORMAL */
	MMU_NORMAL, /* inner and outer write-back, inner shareable */
};

/*
 * Change the type of [base, base + size), rounded to whole pages. Any CPU may call this. During the
 * call no CPU may use the range, with the calling CPU's own stack and code included, except as
 * MMU_NORMAL that stays MMU_NORMAL. Accesses of other CPUs next to the range wait until the change
 * is made.
 */
void mmu_map(uint64_t base, uint64_t size, enum mmu_type type);

/*
 * Whether a translation fault of this CPU is due to mmu_map() on another CPU. If so, this waits
 * until that change is made, and the access must be repeated. Returns true at most once for each
 * change.
 */
bool mmu_fault_is_transient(void);

/* Whether this CPU's MMU is on. With the MMU off there are no exclusive accesses. */
bool mmu_is_on(void);

#endif
