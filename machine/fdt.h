/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_FDT_H
#define MACHINE_FDT_H

/*
 * Builds the devicetree of a guest: the nodes of QEMU's `virt` for the devices that the machine
 * has, with the names, addresses and interrupts of QEMU 7.2 (machine/map.h). If stolen time is on,
 * the region of the structures is in it as reserved memory.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACHINE_FDT_MAX 16384u /* bytes that are always enough, with bootargs of 2047 bytes */

struct machine_fdt {
	const char *cpu;      /* as QEMU's -cpu names it; see machine_cpu_compatible() */
	uint32_t vcpus;	      /* 1 to MAP_MAX_VCPUS_PER_VM */
	uint64_t memory;      /* bytes of RAM at MAP_RAM_BASE */
	bool smc;	      /* PSCI's method is smc, otherwise hvc */
	bool stolen_time;     /* the FDT has the region at MAP_PVTIME_BASE */
	const char *bootargs; /* NULL: none */
	uint64_t initrd;      /* IPA */
	uint64_t initrd_size; /* bytes, 0: none */
	uint64_t kaslr_seed;
	uint8_t rng_seed[32];
};

/*
 * Build the devicetree in `buffer`. Returns its size in bytes, or a negative libfdt error:
 * -FDT_ERR_NOSPACE if `size` is too small, -FDT_ERR_BADVALUE for an unsupported CPU or number of
 * vCPUs. The size does not depend on the values of the addresses and seeds, as long as the initrd
 * ends below 4 GiB; otherwise it is 8 bytes more.
 */
int machine_fdt_build(const struct machine_fdt *config, void *buffer, size_t size);

/*
 * Set the two seeds of `config` from the seed of the lab and the index of the VM. The same two
 * numbers give the same seeds, and any others give unrelated ones.
 */
void machine_fdt_seed(struct machine_fdt *config, uint64_t seed, uint32_t vm);

/*
 * The `compatible` of a CPU node, as in QEMU 7.2, also for "host", the CPU on KVM; NULL for an
 * unsupported CPU.
 */
const char *machine_cpu_compatible(const char *cpu);

#endif
