/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_GLUE_H
#define PVTIME_GLUE_H

/*
 * Between the hypervisor and the library: where a VM's stolen-time structures are, and its calls.
 */
#include "types.h"

struct vcpu;
struct vm;

/*
 * Give the VM its stolen-time region: memory of its own, mapped read-only for the guest, one
 * structure for each vCPU. Nothing where the VM is denied it. Caller: boot, after sched_add() of
 * each vCPU, before one runs. False: no memory.
 */
bool pvtime_create(struct vm *vm);
/* A call of the Standard Hypervisor Service; returns what goes to x0. */
int64_t pvtime_call(struct vcpu *v, uint32_t fid, const uint64_t *args);
/* What the guest reads in v's structure now, in ns; 0 where there is none. */
uint64_t pvtime_published(const struct vcpu *v);

#endif
