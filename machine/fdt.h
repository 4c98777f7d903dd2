/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_FDT_H
#define MACHINE_FDT_H

/*
 * The devicetree of a guest: the nodes that QEMU's `virt` gives for the devices we have, with the
 * names, addresses and interrupts of QEMU 7.2 (machine/map.h), and where stolen time is on the
 * region that its structures are in, as reserved memory (R-20, R-32).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACHINE_FDT_MAX 16384u /* bytes that are always enough, with bootargs of 2047 bytes */

struct machine_fdt {
	const char *cpu;      /* as QEMU's -cpu names it; see machine_cpu_compatible() */
	uint32_t vcpus;	      /* 1 to MAP_MAX_VCPUS_PER_VM */
	uint64_t memory;      /* bytes of RAM at MAP_RAM_BASE */
	bool smc;	      /* the PSCI node says smc, otherwise hvc */
	bool stolen_time;     /* the region at MAP_PVTIME_BASE is there */
	const char *bootargs; /* NULL: none */
	uint64_t initrd;      /* IPA */
	uint64_t initrd_size; /* bytes, 0: none */
	uint64_t kaslr_seed;
	uint8_t rng_seed[32];
};

/*
 * Build the devicetree in `buffer`. Returns its size in bytes, or a negative libfdt error:
 * -FDT_ERR_NOSPACE where `size` is too small, -FDT_ERR_BADVALUE for a number of vCPUs or a CPU that
 * we don't have. The size does not depend on the values of the addresses and seeds, as long as
 * the initrd ends below 4 GiB; it is 8 bytes more where it does not.
 */
int machine_fdt_build(const struct machine_fdt *config, void *buffer, size_t size);

/*
 * Set the two seeds of `config` from the seed of the lab and the index of the VM: the same for the
 * same two numbers, and unrelated for any others.
 */
void machine_fdt_seed(struct machine_fdt *config, uint64_t seed, uint32_t vm);

/*
 * The `compatible` of a CPU node, as QEMU 7.2 has it, also for "host", which is KVM's; NULL for a
 * CPU that is not supported.
 */
const char *machine_cpu_compatible(const char *cpu);

#endif
