/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_PAUSE_H
#define TOOLS_VMM_PAUSE_H

/* All VMs of a lab stand still, as the host has asked (LINK_PAUSE), until it says otherwise. */
#include "tools/vmm/input.h"
#include "tools/vmm/outlet.h"
#include "tools/vmm/vm.h"

/*
 * *passed: ns for which they stood. The first VM that cannot go on, and vm->why; NULL: they all do.
 */
struct vm *pause_all(struct vm *vms, uint32_t count, struct input *in, struct outlet *o,
		     uint64_t *passed);

#endif
