/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAB_H
#define LAB_H

/* The lab: its VMs, when it ends, and with which status. */
#include "types.h"

struct vm;

/*
 * Read the bundle (machine/bundle.h) and create its VMs. Boot; a bundle that is not one is a panic.
 */
void lab_create(const void *bundle, uint64_t size);
/*
 * Switch every VM on. Boot, when all CPUs are there. Time begins, and is reported, when the last is
 * loaded.
 */
void lab_start(void);

/* NULL: there is no such VM. */
struct vm *lab_vm(unsigned id);
/* Is there a VM of that number? */
bool lab_has(unsigned vm);
/*
 * A byte that the host has typed for that VM, which there is; false: its FIFO is full. The boot
 * CPU.
 */
bool lab_receive(unsigned vm, uint8_t byte);

/*
 * A VM has its memory; the first time it waits until all have. v: its first vCPU, which is this
 * CPU's current.
 */
void lab_vm_loaded(struct vm *vm);
/*
 * The VM is OFF or STUCK from now on: called once for each, without its lock. The last one ends the
 * lab, or the one that the lab runs until.
 */
void lab_vm_ended(struct vm *vm);
bool lab_is_ending(void);
/*
 * The next byte that the VM prints is a newline: tell how much was stolen by now, if the lab wants
 * to know.
 */
void lab_line_ends(struct vm *vm);
/* End the lab in good order. From any CPU, at any time. */
void lab_stop(void);
/*
 * The boot CPU's share: samples and the end of time, when they are due or another CPU has kicked
 * it;
 */
void lab_alarm(uint64_t now);
/*
 * and the end itself, when all is paused: each CPU looks whether it was the last, and tells the
 * boot CPU.
 */
void lab_finish_if_ended(void);

#endif
