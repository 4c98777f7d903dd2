/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_STATE_H
#define TOOLS_VMM_STATE_H

/*
 * A lab in a file: all that its VMs are between two KVM_RUNs. One description of it serves both
 * directions: each function writes what is there, or reads it and puts it there. Only for this VMM,
 * on the same host or one like it, whose counter has the same frequency.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "tools/vmm/vmm.h"

struct vm;

struct state {
	FILE *file;
	bool saving;
	/* the file cannot be written, or is no whole snapshot: nothing further is done */
	bool failed;
};

/* Bytes out of the process, or into it. false: it has failed. */
bool state_bytes(struct state *s, void *bytes, size_t n);

/*
 * The file at `path`, from its beginning, which says which VMs it has; to read it is refused where
 * the lab has others. false: `why` says what is wrong.
 */
bool state_open(struct state *s, const char *path, bool saving, const struct vmm_lab *lab,
		char *why, size_t room);
/* false: something has failed, now or before. */
bool state_close(struct state *s);

/* What vm_create() has to know of a VM, in vm->restored, vm->off and vm->stolen_blob. */
bool state_of_stolen_time(struct state *s, struct vm *vm);
/* The rest. No vCPU has a thread. false: s->failed, or vm->why. */
bool state_of_vm(struct state *s, struct vm *vm);

/* gic_state.c */
bool state_of_gic(struct state *s, struct vm *vm);

#endif
