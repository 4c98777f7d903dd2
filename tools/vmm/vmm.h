/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_VMM_H
#define TOOLS_VMM_VMM_H

/*
 * The VMM of `pvtime lab --on kvm`. It runs all VMs of a lab on the host's KVM, and reports on them
 * over the byte stream of machine/link.h, as our hypervisor does. Times are in ns: the stream's
 * CNTFRQ is 10^9.
 */
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "machine/image.h"
#include "tools/vmm/cgroup.h"

#define VMM_NOBODY UINT32_MAX

/* Bytes that are copied to the zeroed RAM at the start and at each reset. */
struct vmm_segment {
	uint64_t ipa;
	const uint8_t *bytes;
	uint64_t size;
};

#define VMM_SEGMENTS (IMAGE_SEGMENTS + 2) /* the kernel's segments, initrd and FDT */

struct vmm_vm {
	const char *name;
	uint32_t vcpus;	 /* 1 to MAP_MAX_VCPUS_PER_VM */
	uint64_t memory; /* bytes of RAM at MAP_RAM_BASE, a multiple of 64 KiB */
	/* bit n: may run on the host's CPU n; 0: on every CPU that this process may use */
	uint32_t pin;
	bool stolen_time; /* false: denied */
	uint64_t entry, x0;
	bool big_endian; /* the first vCPU starts with SCTLR_EL1.EE and E0E set */
	uint32_t segment_count;
	struct vmm_segment segments[VMM_SEGMENTS]; /* inside the RAM */
};

struct vmm_lab {
	const struct vmm_vm *vms;
	uint32_t vm_count;
	uint64_t run_ns;      /* the time after which the lab ends, 0: no limit */
	uint64_t sample_ns;   /* period of the samples, 0: none */
	uint32_t attached;    /* index of the VM whose console has input, or VMM_NOBODY */
	uint32_t until;	      /* index of the VM whose end also ends the lab, or VMM_NOBODY */
	const char *snapshot; /* file to which the lab is saved at the end; NULL: none */
	const char *restore;  /* file from which the lab is restored; NULL: none */
	const struct cgroups *cgroups; /* NULL: none */
};

/*
 * Check that this host can run a lab. stolen_time: at least one VM has stolen time. false: `why`,
 * of `room` bytes, says in one line what is missing and what was expected.
 */
bool vmm_check(bool stolen_time, char *why, size_t room);

/* Convert vmm_vm.pin to a CPU set. */
static inline void vmm_cpus(uint32_t pin, cpu_set_t *cpus)
{
	CPU_ZERO(cpus);
	for (unsigned i = 0; i < 32; i++)
		if (pin >> i & 1)
			CPU_SET(i, cpus);
}

/*
 * Check that for each pinned VM at least one of its CPUs is online and in this process's cpuset.
 * false: `why` names the first VM for which none is. The caller's own affinity is unchanged.
 */
bool vmm_check_pins(const struct vmm_lab *lab, char *why, size_t room);

/* Check that lab->restore is a snapshot of this lab. false: `why` says what was expected. */
bool vmm_check_restore(const struct vmm_lab *lab, char *why, size_t room);

/*
 * Run `lab`, a struct vmm_lab, in a process of its own, whose standard input and output are the
 * link. Returns after the lab has ended and its result was sent on the link. The return value is
 * the process's exit status.
 */
int vmm_run(void *lab);

#endif
