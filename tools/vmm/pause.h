/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_PAUSE_H
#define TOOLS_VMM_PAUSE_H

/* Pauses all VMs of a lab, when the command asks for it (LINK_PAUSE), until it resumes them. */
#include "tools/vmm/input.h"
#include "tools/vmm/outlet.h"
#include "tools/vmm/vm.h"

/*
 * *passed becomes the length of the pause in ns. Returns the first VM that could not be resumed,
 * with vm->why, or NULL.
 */
struct vm *pause_all(struct vm *vms, uint32_t count, struct input *in, struct outlet *o,
		     uint64_t *passed);

#endif
