/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_PLACE_H
#define TOOLS_LAB_PLACE_H

/* Places a lab's images, FDTs and VMs, and prints the errors for what does not fit. */
#include "tools/lab/file.h"
#include "tools/lab/text.h"

/*
 * Place the images of `vm`, the last entry of lab->vms, whose section is `s`, and build its FDT.
 * Returns 0, or -1 after it has printed an error.
 */
int labplace_vm(const struct labtext *t, const struct labtext_section *s, const struct lab *lab,
		struct lab_vm *vm);

/*
 * Set lab->memory if the file did not; otherwise check it. Returns 0, or -1 after it has printed an
 * error.
 */
int labplace_board(const struct labtext *t, struct lab *lab);

#endif
