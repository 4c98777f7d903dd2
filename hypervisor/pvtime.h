/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_GLUE_H
#define PVTIME_GLUE_H

/*
 * The glue between the hypervisor and the library: where a VM's stolen-time structures are, and its
 * calls.
 */
#include "types.h"

struct vcpu;
struct vm;

/*
 * Give the VM its stolen-time region: memory of its own, mapped read-only for the guest, with one
 * structure for each vCPU. Does nothing if the VM is denied stolen time. Called at boot, after
 * sched_add() of each vCPU and before any of them runs. False: no memory.
 */
bool pvtime_create(struct vm *vm);
/* A call of the Standard Hypervisor Service; returns the value for x0. */
int64_t pvtime_call(struct vcpu *v, uint32_t fid, const uint64_t *args);
/* What the guest reads in v's structure now, in ns; 0 if it has none. */
uint64_t pvtime_published(const struct vcpu *v);

#endif
