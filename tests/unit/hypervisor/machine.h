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
	unsigned offs, resets, stuck; /* what was reported */
	bool gone;		      /* in a reset, it counted as gone for good */
	struct vm *other;	      /* lab_vm() of any other number */
	unsigned gic_resets, gic_vcpu_resets;
	bool interrupt; /* one is pending for whoever asks, */
	bool stale;	/* but only as long as nobody has looked at its timer */
	bool hold;	/* lab_vm_loaded() makes the first vCPU wait for the others' VMs */
	uint64_t wake_at;
	uint64_t cleaned, piece; /* bytes to the point of coherency; the most at once */
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

/* A fresh board and VM 0, switched on, loaded and running; big_endian as its ELF. */
void machine_start(enum pvtime_dialect dialect, bool big_endian);
/* The following is done by this CPU. */
void machine_on(unsigned cpu);
/*
 * It comes to its run loop, up to the guest's entry; loads the VM's memory if that is due. Returns
 * what it runs.
 */
struct vcpu *machine_run(unsigned cpu);
/* Both of them, until nothing changes. */
void machine_settle(void);
/* HVC #0 of v, which is loaded on this CPU, with x0 to x3; returns x0. */
uint64_t machine_call(struct vcpu *v, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);

#endif
