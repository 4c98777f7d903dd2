/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_RECORDS_H
#define TOOLS_VMM_RECORDS_H

/* Records of the link (machine/link.h). A tick is a ns. */
#include "tools/vmm/vm.h"

void report_start(struct outlet *o);
/* kind: "sample" or "final"; at: ns since the start. The VMs have been looked at. */
void report_ledger(struct outlet *o, const struct vm *vms, uint32_t count, const char *kind,
		   uint64_t at);
/* "off", "reset" or "stuck"; never amid a ledger. */
void report_vm(struct outlet *o, const struct vm *vm, const char *what);

#endif
