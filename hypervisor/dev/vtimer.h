/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VTIMER_H
#define VTIMER_H

/*
 * The EL1 virtual and physical timers of a vCPU (DDI 0487, D11.2). While it is loaded the guest
 * programs the hardware's; their PPIs are taken here and handed on as hardware interrupts, so that
 * the guest deactivates them. While it is not, vtimer_wake_at() tells the scheduler when it would
 * be woken.
 */
#include "types.h"

struct vcpu;

/* Part of vcpu_load, before vgic_load; and of vcpu_put, after vgic_put. */
void vtimer_load(struct vcpu *v);
void vtimer_put(struct vcpu *v);
/* A timer's PPI was taken while v is loaded. False: it is no timer's. */
bool vtimer_interrupt(struct vcpu *v, unsigned intid);
/*
 * When the first timer that may interrupt v fires, in counter ticks; UINT64_MAX: never. v is
 * loaded.
 */
uint64_t vtimer_wake_at(struct vcpu *v);

#endif
