/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_KEYS_H
#define TOOLS_LAB_KEYS_H

/* The keys of the two kinds of section, one table each, and what their values may be. */
#include "tools/lab/file.h"
#include "tools/lab/text.h"

/*
 * Read the keys of `s` into `lab`, or into `vm`, of which everything has its default already;
 * lab->pcpus must be known before a VM's keys are read. 0, or -1 after an error was printed.
 */
int labkeys_lab(const struct labtext *t, const struct labtext_section *s, struct lab *lab);
int labkeys_vm(const struct labtext *t, const struct labtext_section *s, struct lab *lab,
	       struct lab_vm *vm);

#endif
