/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMCCC_H
#define SMCCC_H

struct vcpu;

/*
 * An HVC or SMC of v with this immediate. PC is behind the instruction already; the answer
 * goes to x0, no other register changes. An EL0 caller cannot come here: HVC and SMC are UNDEFINED
 * there.
 */
void smccc_call(struct vcpu *v, unsigned immediate);

#endif
