/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_BOARD_H
#define MACHINE_BOARD_H

/*
 * How the RAM of the board is shared out: used by the pvtime command to know how much the board
 * needs, and fit for the hypervisor to do just that. Every VM's RAM is one range, at the lowest
 * address that is free when its turn comes, in the order of the lab file.
 */
#include <stdbool.h>
#include <stdint.h>

#define BOARD_RAM_BASE 0x40000000ull
/* What the hypervisor keeps for itself, image included, from the bottom of RAM; QEMU places it 2
 * MiB up. */
#define BOARD_HYPERVISOR_SIZE (18ull << 20)
/* QEMU's devicetree of the board: 1 MiB, 2 MiB aligned behind the bundle. */
#define BOARD_FDT_SIZE (2ull << 20)
/* As much as QEMU's `virt` takes. */
#define BOARD_RAM_MAX (255ull << 30)

struct board_range {
	uint64_t base, size; /* bytes */
};

/* Alignment of a VM's RAM: 1 GiB from 1 GiB on, for stage 2's largest blocks; else 2 MiB. */
uint64_t board_vm_align(uint64_t size);

/*
 * The lowest place in `ram` for `size` bytes with board_vm_align() that none of the `count` ranges
 * of `used` touches; UINT64_MAX if there is none. `used` is sorted by base, and nothing in it
 * wraps.
 */
uint64_t board_place_vm(const struct board_range *ram, const struct board_range *used,
			uint32_t count, uint64_t size);

/* Put `range` where it belongs in the sorted `used`, which has room for one more. */
void board_use(struct board_range *used, uint32_t *count, struct board_range range);

/*
 * What QEMU and the hypervisor take of a board with `ram_size` bytes and a bundle of `bundle_size`,
 * as three ranges in the order of their addresses. False if they don't fit.
 */
bool board_taken(uint64_t ram_size, uint64_t bundle_size, struct board_range used[3]);

#endif
