/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RECORDS_H
#define RECORDS_H

/* Records for the pvtime command (machine/link.h). */
#include "types.h"

struct vcpu;
struct vm;

void report_start(void);
/* The ledger of every vCPU of these VMs, each at one instant of its own. */
void report_sample(struct vm *vms, unsigned count, uint64_t ticks);
/* A line of the VM's console ends at `ticks`: what was stolen from each of its vCPUs. */
void report_line(struct vm *vm, uint64_t ticks);
/* What has come of the VM (vm.news). Any CPU, without the VM's lock. */
void report_vm(struct vm *vm);
/* v has accessed this IPA, where nothing is; for people. */
void report_nowhere(const struct vcpu *v, uint64_t ipa);
/*
 * The last ledger, before it what has come of VMs and is not reported, and how the lab ends; stuck:
 * NULL, or such a VM. After it nothing is reported.
 */
void report_end(struct vm *vms, unsigned count, uint64_t ticks, const struct vm *stuck);

#endif
