/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_SNAPSHOT_H
#define TOOLS_VMM_SNAPSHOT_H

/* All VMs of a lab into a file, and out of it. false: `why` says what was wrong. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/vmm/vmm.h"

struct vm;

/* Every vCPU's thread has ended, and knew that it was for this (vm->saving). */
bool snapshot_save(const struct vmm_lab *lab, struct vm *vms, char *why, size_t room);
/* Instead of vm_create(), for all VMs. */
bool snapshot_restore(const struct vmm_lab *lab, struct vm *vms, char *why, size_t room);

#endif
