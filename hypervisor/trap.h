/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TRAP_H
#define TRAP_H

struct vcpu;

/*
 * Handle the synchronous exception by which v, loaded, has left the guest. Whatever the guest did,
 * the consequences are the guest's alone.
 */
void trap(struct vcpu *v);

#endif
