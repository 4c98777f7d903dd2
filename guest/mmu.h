/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_MMU_H
#define GUEST_MMU_H

#include <stdbool.h>
#include <stdint.h>

/* Pages of 4 (12), 16 (14) or 64 KiB (16): what this image was built for. */
#ifndef GUEST_GRANULE_SHIFT
#define GUEST_GRANULE_SHIFT 12
#endif
#define MMU_PAGE (1ull << GUEST_GRANULE_SHIFT)

/* Everything is mapped one to one, 39 bits of it, at EL1, readable and writable. */
enum mmu_type {
	MMU_DEVICE, /* nGnRnE, never executed: what all is that was not said to be memory */
	MMU_NORMAL, /* inner and outer write-back, inner shareable */
};

/*
 * Change the type of [base, base + size), rounded to whole pages. From any CPU. Meanwhile nobody,
 * this CPU's own stack and code included, may be using the range itself as anything but the
 * MMU_NORMAL that it stays; what other CPUs access next to it waits until the change is made.
 */
void mmu_map(uint64_t base, uint64_t size, enum mmu_type type);

/*
 * Whether a translation fault that this CPU took is due to mmu_map() on another one, which is then
 * waited for: the access is to be repeated. At most once for each change.
 */
bool mmu_fault_is_transient(void);

/* Whether this CPU's MMU is on: without it there are no exclusive accesses. */
bool mmu_is_on(void);

#endif
