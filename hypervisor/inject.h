/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef INJECT_H
#define INJECT_H

/* Exceptions that the guest gets at its own EL1 (DDI 0487, D1.3). The vCPU is loaded. */
#include "types.h"

struct vcpu;

/* The instruction at its PC is UNDEFINED. */
void inject_undefined(struct vcpu *v);
/*
 * A synchronous external abort on the access that `esr` describes (a data or an instruction abort from the
 * guest), at the virtual address `far`.
 */
void inject_external_abort(struct vcpu *v, uint64_t esr, uint64_t far);
/* The trapped instruction, which `esr` describes, has been emulated: go on behind it. */
void skip_instruction(struct vcpu *v, uint64_t esr);

#endif
