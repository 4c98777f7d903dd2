/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_RECORDS_H
#define TOOLS_VMM_RECORDS_H

/* Writes records to the link (machine/link.h). A tick is 1 ns. */
#include "tools/vmm/vm.h"

void report_start(struct outlet *o);
/* kind: "sample" or "final"; at: ns since the start. Call vm_look() first. */
void report_ledger(struct outlet *o, const struct vm *vms, uint32_t count, const char *kind,
		   uint64_t at);
/* what: "off", "reset" or "stuck". Not between the records of a ledger. */
void report_vm(struct outlet *o, const struct vm *vm, const char *what);

#endif
