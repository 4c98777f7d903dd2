/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_SNAPSHOT_H
#define TOOLS_VMM_SNAPSHOT_H

/* Saves all VMs of a lab to a file, and restores them. false: `why` says what was wrong. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/vmm/vmm.h"

struct vm;

/* All vCPU threads must have ended while vm->saving was set. */
bool snapshot_save(const struct vmm_lab *lab, struct vm *vms, char *why, size_t room);
/* Replaces vm_create() for all VMs. */
bool snapshot_restore(const struct vmm_lab *lab, struct vm *vms, char *why, size_t room);

#endif
