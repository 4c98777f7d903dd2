/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_STATE_H
#define TOOLS_VMM_STATE_H

/*
 * The state of a lab in a file: everything that defines its VMs between two KVM_RUNs. Each function
 * either writes the state to the file, or reads it from the file and sets it, so the format is
 * defined only once. The file is only for this VMM, on the same host or a similar one, whose
 * counter has the same frequency.
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
	/* the file cannot be written, or is not a complete snapshot: further calls do nothing */
	bool failed;
};

/* Write bytes to the file, or read them from it. false: s->failed. */
bool state_bytes(struct state *s, void *bytes, size_t n);

/*
 * Open the file at `path`, and write or check its header, which describes its VMs. A snapshot of
 * other VMs than the lab's is rejected. false: `why` says what is wrong.
 */
bool state_open(struct state *s, const char *path, bool saving, const struct vmm_lab *lab,
		char *why, size_t room);
/* false: something has failed, now or earlier. */
bool state_close(struct state *s);

/* The part of the state that vm_create() needs: vm->restored, vm->off and vm->stolen_blob. */
bool state_of_stolen_time(struct state *s, struct vm *vm);
/* The rest of the VM's state. No vCPU may have a thread. false: s->failed, or vm->why says why. */
bool state_of_vm(struct state *s, struct vm *vm);

/* gic_state.c */
bool state_of_gic(struct state *s, struct vm *vm);

#endif
