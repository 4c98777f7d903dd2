/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/exec/maps.h"

/*
 * QEMU, hw/arm/virt.c: the place where QEMU itself puts the structures; otherwise it is empty.
 *
 * Cloud Hypervisor, arch/src/aarch64/layout.rs: between the legacy devices and the window of PCI's
 * I/O, which end at 0x09060000, and PCI's memory at 0x10000000. RAM began at 2 GiB in older
 * versions, and begins at 1 GiB in newer ones.
 *
 * crosvm, aarch64/src/lib.rs: the place where crosvm itself puts the structures.
 *
 * libkrun, src/arch/src/aarch64/layout.rs: devices begin at 1 GiB, or in newer versions at
 * 0x0a000000. Below them is the GIC with 128 KiB for each vCPU, at most 32 MiB for 255 vCPUs.
 * Firmware is in a slot at 0.
 *
 * Firecracker, src/vmm/src/arch/aarch64/layout.rs: below 1 GiB is only the GIC, just below it.
 */
static const struct exec_map maps[] = {
	{"qemu-system-aarch64", "QEMU virt", {0x40000000, 0}, 0x090a0000},
	{"qemu-kvm", "QEMU virt", {0x40000000, 0}, 0x090a0000},
	{"cloud-hypervisor", "Cloud Hypervisor", {0x40000000, 0x80000000}, 0x090a0000},
	{"crosvm", "crosvm", {0x80000000, 0}, 0x01ff0000},
	{"libkrun.so", "libkrun", {0x80000000, 0x40000000}, 0x07000000},
	{"firecracker", "Firecracker", {0x80000000, 0}, 0x090a0000},
};

const struct exec_map *exec_map_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		if (strncmp(name, maps[i].file, strlen(maps[i].file)) == 0)
			return &maps[i];
	return NULL;
}

bool exec_map_fits(const struct exec_map *map, const struct exec_vm *vm)
{
	for (size_t i = 0; i < vm->slot_count; i++)
		for (size_t j = 0; j < sizeof(map->ram) / sizeof(map->ram[0]); j++)
			if (map->ram[j] != 0 && vm->slots[i].range.base == map->ram[j])
				return true;
	return false;
}
