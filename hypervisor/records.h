/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RECORDS_H
#define RECORDS_H

/* Records for the pvtime command (machine/link.h). */
#include "types.h"

struct vcpu;
struct vm;

void report_start(void);
/* The ledgers of all vCPUs of these VMs; each is taken at an instant of its own. */
void report_sample(struct vm *vms, unsigned count, uint64_t ticks);
/* A line of the VM's console ends at `ticks`: how much was stolen from each of its vCPUs. */
void report_line(struct vm *vm, uint64_t ticks);
/* The phase changes of the VM (vm.news). Any CPU may call it, without the VM's lock. */
void report_vm(struct vm *vm);
/* v has accessed this IPA, where nothing is; a message for people. */
void report_nowhere(const struct vcpu *v, uint64_t ipa);
/*
 * The phase changes that are not reported yet, the last ledger, and how the lab ends. stuck: a VM
 * that is VM_STUCK, or NULL. Nothing is reported after it.
 */
void report_end(struct vm *vms, unsigned count, uint64_t ticks, const struct vm *stuck);

#endif
