/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_KEYS_H
#define TOOLS_LAB_KEYS_H

/* The keys of [lab] and of [vm NAME], in a table each, and their allowed values. */
#include "tools/lab/file.h"
#include "tools/lab/text.h"

/*
 * Read the keys of `s` into `lab` or `vm`, which the caller has filled with the defaults.
 * lab->pcpus must be set before a VM's keys are read. Returns 0, or -1 after it has printed an
 * error.
 */
int labkeys_lab(const struct labtext *t, const struct labtext_section *s, struct lab *lab);
int labkeys_vm(const struct labtext *t, const struct labtext_section *s, struct lab *lab,
	       struct lab_vm *vm);

#endif
