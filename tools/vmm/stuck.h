/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_STUCK_H
#define TOOLS_VMM_STUCK_H

/* Has a VM stopped for good, without SYSTEM_OFF? tools/vmm/README.md says how that is known. */
#include <stdbool.h>
#include <stdint.h>

struct vcpu;
struct vm;

/* The VM is made: nothing is known, and no vCPU has a thread. */
void stuck_begin(struct vm *vm);

/*
 * After each look at all its vCPUs, with its time: where they have slept for long, they are called
 * out of KVM_RUN.
 */
void stuck_look(struct vm *vm, uint64_t now);
/*
 * Whenever the main thread is woken. When they all have come, it is known; they go on. true:
 * nothing can run them any more.
 */
bool stuck_judge(struct vm *vm);

/* By a vCPU's thread that a signal has taken out of KVM_RUN: waits, if it is to. */
void stuck_wait(struct vcpu *v);

#endif
