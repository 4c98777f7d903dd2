/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_VMM_H
#define TOOLS_VMM_VMM_H

/*
 * The VMM of `pvtime lab --on kvm`: runs all VMs of a lab on the host's KVM, and tells of them on
 * the byte stream of machine/link.h, as our hypervisor does. Times are in ns: the stream's CNTFRQ
 * is 10^9.
 */
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "machine/image.h"
#include "tools/vmm/cgroup.h"

#define VMM_NOBODY UINT32_MAX

/* Bytes to be copied to the zeroed RAM at start and at each reset. */
struct vmm_segment {
	uint64_t ipa;
	const uint8_t *bytes;
	uint64_t size;
};

#define VMM_SEGMENTS (IMAGE_SEGMENTS + 2) /* the kernel's, initrd and FDT */

struct vmm_vm {
	const char *name;
	uint32_t vcpus;	  /* 1 to MAP_MAX_VCPUS_PER_VM */
	uint64_t memory;  /* bytes of RAM at MAP_RAM_BASE, a multiple of 64 KiB */
	uint32_t pin;	  /* bit n: may run on the host's CPU n; 0: where this process may */
	bool stolen_time; /* false: denied to it */
	uint64_t entry, x0;
	bool big_endian; /* the first vCPU starts with SCTLR_EL1.EE and E0E set */
	uint32_t segment_count;
	struct vmm_segment segments[VMM_SEGMENTS]; /* inside the RAM */
};

struct vmm_lab {
	const struct vmm_vm *vms;
	uint32_t vm_count;
	uint64_t run_ns;      /* after which to stop, 0: no limit */
	uint64_t sample_ns;   /* period of the samples, 0: none */
	uint32_t attached;    /* index of the VM whose console has input, or VMM_NOBODY */
	uint32_t until;	      /* index of the VM with whose end the lab ends, or VMM_NOBODY */
	const char *snapshot; /* the file to save the lab in when it ends; NULL: none */
	const char *restore;  /* the file that it goes on from; NULL: none */
	const struct cgroups *cgroups; /* NULL: none */
};

/*
 * Can this host do it? false: `why`, of `room` bytes, has a line that says what is missing and what
 * is expected. stolen_time: at least one VM is to have it.
 */
bool vmm_check(bool stolen_time, char *why, size_t room);

/* The CPUs of vmm_vm.pin. */
static inline void vmm_cpus(uint32_t pin, cpu_set_t *cpus)
{
	CPU_ZERO(cpus);
	for (unsigned i = 0; i < 32; i++)
		if (pin >> i & 1)
			CPU_SET(i, cpus);
}

/*
 * May a thread of this process run where each VM is pinned to: is one of those CPUs online, and in
 * this process' cpuset? false: `why` says which VM's are not. The caller's own affinity is what it
 * was.
 */
bool vmm_check_pins(const struct vmm_lab *lab, char *why, size_t room);

/* Is the file of lab->restore one of this lab? false: `why` says what was expected. */
bool vmm_check_restore(const struct vmm_lab *lab, char *why, size_t room);

/*
 * Run a lab, a struct vmm_lab, in a process of its own: standard input and output are the link.
 * Returns when the lab has ended, and has said on the link how; the value is the process' status.
 */
int vmm_run(void *lab);

#endif
