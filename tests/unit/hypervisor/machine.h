/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HYP_MACHINE_H
#define HYP_MACHINE_H

/*
 * A board for the tests of a VM's life and of its calls: RAM, two CPUs with their part of the run
 * loop, and VMs on the hypervisor's own vm.c, vcpu.c, load.c, psci.c, smccc.c and scheduler. The
 * GIC and the timers are seams.
 */
#include "cpu.h"
#include "vm.h"

#define MACHINE_CPUS  2u
#define MACHINE_VCPUS 4u
#define RAM_SIZE      (3 * MIB + 64 * KIB)
#define ENTRY	      (MAP_RAM_BASE + 0x80000)

struct machine {
	unsigned kicks[MACHINE_CPUS];
	unsigned ends, loads;	      /* lab_vm_*() calls */
	unsigned offs, resets, stuck; /* how often each was reported */
	bool gone;		      /* during a reset, the VM counted as off for good */
	struct vm *other;	      /* what lab_vm() returns for any other number */
	unsigned gic_resets, gic_vcpu_resets;
	bool interrupt; /* whether one is pending for any vCPU, */
	bool stale;	/* but only until vtimer_resync() has looked at its timer */
	bool hold;	/* lab_vm_loaded() makes the first vCPU wait, as for other VMs of the lab */
	uint64_t wake_at;
	uint64_t cleaned, piece; /* bytes cleaned to the point of coherency; the most at once */
	uint64_t zeroed;	 /* by DC ZVA */
	/* What the PE holds besides its registers, and in which order it was saved and loaded. */
	struct fp_regs fp;
	bool serror;
	char order[32];
};
extern struct machine machine;
/* DCZID_EL0 from the next machine_start() on; bit 4: there is no DC ZVA. */
extern uint64_t machine_dczid;
extern struct vm vm;

/* Start a fresh board with VM 0, loaded and running; big_endian as its ELF. */
void machine_start(enum pvtime_dialect dialect, bool big_endian);
/* Make `cpu` the current CPU. */
void machine_on(unsigned cpu);
/*
 * The CPU goes through its run loop up to the guest's entry, and loads the VM's memory if that is
 * due. Returns the vCPU that it runs.
 */
struct vcpu *machine_run(unsigned cpu);
/* machine_run() of both CPUs, until nothing changes. */
void machine_settle(void);
/* HVC #0 of v, which is loaded on this CPU, with x0 to x3; returns x0. */
uint64_t machine_call(struct vcpu *v, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);

#endif
