/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_STUCK_H
#define TOOLS_VMM_STUCK_H

/* Detects that a VM has stopped for good without SYSTEM_OFF. tools/vmm/README.md says how. */
#include <stdbool.h>
#include <stdint.h>

struct vcpu;
struct vm;

/* Begin the detection afresh. No vCPU of the VM may have a thread. */
void stuck_begin(struct vm *vm);

/*
 * Call it after each look at all vCPUs of the VM, with the time of the look. If all have been
 * asleep for long, this calls their threads out of KVM_RUN.
 */
void stuck_look(struct vm *vm, uint64_t now);
/*
 * Call it whenever the main thread wakes up. When all called threads have arrived, it decides, and
 * lets them continue. true: nothing can ever run the VM's vCPUs again.
 */
bool stuck_judge(struct vm *vm);

/*
 * Called by a vCPU's thread after a signal has taken it out of KVM_RUN. If stuck_look() has called
 * the threads, it waits for the decision.
 */
void stuck_wait(struct vcpu *v);

#endif
