/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TRAP_H
#define TRAP_H

struct vcpu;

/*
 * v, loaded, has left the guest by a synchronous exception. Deals with it: whatever it was, the
 * guest's is the blame.
 */
void trap(struct vcpu *v);

#endif
