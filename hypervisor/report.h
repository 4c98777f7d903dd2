/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REPORT_H
#define REPORT_H

/* Records for the pvtime command (machine/link.h). */
#include "types.h"

struct vm;

void report_start(void);
/* The ledger of every vCPU, each at one instant of its own; kind: "sample" or "final". */
void report_ledger(const char *kind, uint64_t ticks);
/* A line of the VM's console ends at `ticks`: what was stolen from each of its vCPUs. May come amid a ledger. */
void report_line(struct vm *vm, uint64_t ticks);
/* Something has happened to a VM: "off", "reset" or "stuck". Never amid a ledger. */
void report_vm(const struct vm *vm, const char *what);

#endif
