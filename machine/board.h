/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_BOARD_H
#define MACHINE_BOARD_H

/*
 * How the RAM of the board is divided. The pvtime command uses this to compute how much RAM the
 * board needs; the hypervisor uses the same sizes and alignment. Every VM's RAM is one range, at
 * the lowest free address, in the order of the lab file.
 */
#include <stdbool.h>
#include <stdint.h>

#define BOARD_RAM_BASE 0x40000000ull
/*
 * Bytes at the bottom of RAM that the hypervisor keeps for itself, image included. QEMU loads the
 * image 2 MiB above the bottom.
 */
#define BOARD_HYPERVISOR_SIZE (18ull << 20)
/*
 * Bytes reserved for QEMU's devicetree of the board, which has 1 MiB and is 2 MiB aligned after the
 * bundle.
 */
#define BOARD_FDT_SIZE (2ull << 20)
/* The most RAM, in bytes, that QEMU's `virt` accepts. */
#define BOARD_RAM_MAX (255ull << 30)

struct board_range {
	uint64_t base, size; /* bytes */
};

/* Alignment of a VM's RAM: 1 GiB from 1 GiB on, for stage 2's largest blocks; else 2 MiB. */
uint64_t board_vm_align(uint64_t size);

/*
 * The lowest address in `ram` for `size` bytes, aligned to board_vm_align(), that overlaps none of
 * the `count` ranges of `used`; UINT64_MAX if there is none. `used` must be sorted by base, and
 * none of its ranges may wrap.
 */
uint64_t board_place_vm(const struct board_range *ram, const struct board_range *used,
			uint32_t count, uint64_t size);

/* Insert `range` into the sorted `used`, which must have room for one more. */
void board_use(struct board_range *used, uint32_t *count, struct board_range range);

/*
 * Set `used` to the ranges of the hypervisor, the bundle and QEMU's devicetree, in the order of
 * their addresses, on a board with `ram_size` bytes of RAM and a bundle of `bundle_size` bytes.
 * Returns false if they do not fit.
 */
bool board_taken(uint64_t ram_size, uint64_t bundle_size, struct board_range used[3]);

#endif
