/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/board.h"

#define MIB	       (1ull << 20)
#define GIB	       (1ull << 30)
#define INITRD_HIGHEST (128 * MIB)

static uint64_t align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

uint64_t board_vm_align(uint64_t size)
{
	return size >= GIB ? GIB : 2 * MIB;
}

uint64_t board_place_vm(const struct board_range *ram, const struct board_range *used,
			uint32_t count, uint64_t size)
{
	uint64_t align = board_vm_align(size);
	uint64_t end = ram->base + ram->size;
	uint64_t base = align_up(ram->base, align);

	for (uint32_t i = 0; i <= count; i++) {
		uint64_t limit = i < count ? used[i].base : end;

		if (base <= limit && size <= limit - base)
			return base;
		if (i < count && used[i].base + used[i].size > base)
			base = align_up(used[i].base + used[i].size, align);
	}
	return UINT64_MAX;
}

void board_use(struct board_range *used, uint32_t *count, struct board_range range)
{
	uint32_t i = (*count)++;

	for (; i > 0 && used[i - 1].base > range.base; i--)
		used[i] = used[i - 1];
	used[i] = range;
}

bool board_taken(uint64_t ram_size, uint64_t bundle_size, struct board_range used[3])
{
	uint64_t middle = ram_size / 2 < INITRD_HIGHEST ? ram_size / 2 : INITRD_HIGHEST;
	uint64_t bundle = middle > BOARD_HYPERVISOR_SIZE ? middle : BOARD_HYPERVISOR_SIZE;
	uint64_t fdt;

	if (bundle_size > BOARD_RAM_MAX)
		return false;
	bundle = BOARD_RAM_BASE + align_up(bundle, 4096);
	fdt = align_up(bundle + bundle_size, 2 * MIB);
	used[0] = (struct board_range){BOARD_RAM_BASE, BOARD_HYPERVISOR_SIZE};
	used[1] = (struct board_range){bundle, bundle_size};
	used[2] = (struct board_range){fdt, BOARD_FDT_SIZE};
	return fdt + BOARD_FDT_SIZE <= BOARD_RAM_BASE + ram_size;
}
