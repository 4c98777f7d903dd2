/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMCCC_H
#define SMCCC_H

struct vcpu;

/*
 * An HVC or SMC of v with this immediate. The PC is behind the instruction already. The
 * answer goes to x0, no other register changes. The caller is never EL0: HVC and SMC are UNDEFINED
 * there.
 */
void smccc_call(struct vcpu *v, unsigned immediate);

#endif
