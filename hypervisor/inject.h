/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef INJECT_H
#define INJECT_H

/*
 * Exceptions that the hypervisor injects at the guest's EL1 (DDI 0487, D1.3). The vCPU is loaded.
 */
#include "vcpu.h"

/* PSTATE as SPSR holds it. BTYPE and SS end with an instruction. */
#define PSTATE_AARCH32 BIT(4)
#define PSTATE_BTYPE   (UINT64_C(3) << 10)
#define PSTATE_SS      BIT(21)

/* Inject: the instruction at the guest's PC is UNDEFINED. */
void inject_undefined(struct vcpu *v);
/*
 * Inject a synchronous external abort on the access that `esr` describes (a data or an instruction
 * abort from the guest), at the virtual address `far`.
 */
void inject_external_abort(struct vcpu *v, uint64_t esr, uint64_t far);
/* The trapped instruction, of AArch64, has been emulated: continue behind it. */
static inline void skip_aarch64(struct vcpu *v)
{
	v->regs.pc += 4;
	/* A single step ends here, not behind the next instruction. */
	v->regs.pstate &= ~(PSTATE_SS | PSTATE_BTYPE);
}
/* The same for any instruction that `esr` describes, of AArch32 too. */
void skip_instruction(struct vcpu *v, uint64_t esr);

#endif
