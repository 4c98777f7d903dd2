/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VCPU_H
#define VCPU_H

/* A virtual CPU: all state that each PE has for itself. */
#include "types.h"
#include "fastcall.h"
#include "sched/sched.h"
#include "vgic/vgic.h"
#include "pvtime/ledger.h"

struct cpu;
struct vm;

/* The general registers as the vectors save them; switch.S relies on this layout. */
struct gp_regs {
	uint64_t x[31];
	uint64_t pc;	 /* ELR_EL2 */
	uint64_t pstate; /* SPSR_EL2 */
};

/*
 * The registers that sysregs.h lists, in its order. They are saved and loaded when a CPU changes to
 * another vCPU.
 */
#define EL1_REGS 23
struct el1_regs {
	uint64_t r[EL1_REGS];
};

struct fp_regs {
	uint64_t q[64];
	uint64_t fpcr, fpsr;
} __attribute__((aligned(16)));

/* Save this CPU's FP/SIMD registers, and load them: switch.S. */
void fp_save(struct fp_regs *fp);
void fp_load(const struct fp_regs *fp);

#define DEBUG_PAIRS 16
struct debug_regs {
	uint64_t bvr[DEBUG_PAIRS], bcr[DEBUG_PAIRS];
	uint64_t wvr[DEBUG_PAIRS], wcr[DEBUG_PAIRS];
	uint64_t mdscr;
	bool os_locked; /* OSLSR_EL1.OSLK */
};

/* An EL1 timer, virtual or physical. */
struct vtimer {
	uint64_t ctl, cval;
};

/* Where CPU_ON or the loader wants the vCPU to begin; the next vcpu_load() takes it over. */
struct vcpu_entry {
	uint64_t pc, x0;
	bool big_endian;
	bool pending;
};

struct vcpu {
	struct gp_regs regs;	     /* must be first: switch.S */
	struct fast_answers answers; /* must follow `regs`: switch.S */
	struct vm *vm;
	unsigned id;		 /* in its VM; MPIDR_EL1.Aff0 */
	struct pvtime_vcpu time; /* the ledger; only sched/sched.c changes it, under its lock */
	struct sched_vcpu sched;
	struct vgic_vcpu gic;
	struct vcpu_entry entry; /* guarded by vm.lock */
	struct vtimer vtimer, ptimer;
	uint64_t vmpidr;
	uint64_t vdisr;		 /* VDISR_EL2 */
	uint64_t tpidr2;	 /* TPIDR2_EL0 */
	bool serror;		 /* an SError is pending that the guest has not taken yet */
	uint64_t exits;		 /* exits that the run loop has handled: traps and interrupts */
	uint64_t refused_writes; /* to its VM's stolen-time region */
	struct debug_regs debug;
	struct el1_regs el1;
	struct fp_regs fp;
};

/* Load v's registers into this CPU, which holds no other vCPU's; and save them. */
void vcpu_load(struct vcpu *v);
void vcpu_put(struct vcpu *v);
/*
 * Put the vCPU that this CPU has loaded, and load v (NULL: none), in the order that sched/sched.h
 * explains.
 */
void vcpu_switch(struct cpu *cpu, struct vcpu *v);

#endif
