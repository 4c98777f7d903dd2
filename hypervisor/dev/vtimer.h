/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VTIMER_H
#define VTIMER_H

/*
 * The EL1 virtual and physical timers of a vCPU (DDI 0487, D11.2). While the vCPU is loaded, the
 * guest programs the hardware's timers. The hypervisor takes their PPIs and hands them on as
 * hardware interrupts, so that the guest deactivates them. When the vCPU blocks, vtimer_wake_at()
 * tells the scheduler when to wake it.
 */
#include "types.h"

struct vcpu;

/* Part of vcpu_load(), after vgic_load(); and of vcpu_put(), after vgic_put(). */
void vtimer_load(struct vcpu *v);
void vtimer_put(struct vcpu *v);
/* A PPI was taken while v is loaded. False: it is not a timer's. */
bool vtimer_interrupt(struct vcpu *v, unsigned intid);
/* The tick at which the first timer that may interrupt v fires; UINT64_MAX: never. v is loaded. */
uint64_t vtimer_wake_at(struct vcpu *v);

#endif
