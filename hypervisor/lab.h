/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAB_H
#define LAB_H

/* The lab: its VMs, when it ends, and with which status. */
#include "types.h"

struct vm;

/*
 * Read the bundle (machine/bundle.h) and create its VMs. Called at boot; panics if the bundle is
 * not valid.
 */
void lab_create(const void *bundle, uint64_t size);
/*
 * Power every VM on. Called at boot, when all CPUs run. Time begins, and the start is reported,
 * when the last VM is loaded.
 */
void lab_start(void);

/* NULL: there is no such VM. */
struct vm *lab_vm(unsigned id);
/* Whether a VM has this number. */
bool lab_has(unsigned vm);
/*
 * A byte that the host has typed for this VM, which exists. False: its FIFO is full. The boot CPU
 * calls it.
 */
bool lab_receive(unsigned vm, uint8_t byte);

/*
 * The VM has its memory. At power-on it waits until all VMs have theirs. Its first vCPU is this
 * CPU's current vCPU.
 */
void lab_vm_loaded(struct vm *vm);
/*
 * The VM is VM_OFF or VM_STUCK from now on. Called once for each VM, without its lock. The last VM
 * ends the lab, and so does the VM that the manifest's `until` names.
 */
void lab_vm_ended(struct vm *vm);
bool lab_is_ending(void);
/*
 * The next byte that the VM prints is a newline: report the time stolen so far, if the manifest
 * says so.
 */
void lab_line_ends(struct vm *vm);
/* End the lab in good order. Any CPU may call it, at any time. */
void lab_stop(void);
/*
 * The boot CPU's part: samples and the end of the run time, when they are due or another CPU has
 * kicked the boot CPU.
 */
void lab_alarm(uint64_t now);
/* The end itself, when all vCPUs are paused. Each CPU checks that, and tells the boot CPU. */
void lab_finish_if_ended(void);

#endif
