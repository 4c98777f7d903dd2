/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_THREAD_H
#define TOOLS_PROBE_THREAD_H

/* One thread, as its files below /proc/PID/task/TID say. */
#include <stdbool.h>
#include <stdint.h>
#include "tools/probe/facts.h"

struct probe_thread {
	char name[32];
	bool in_guest;	     /* it is, or has been for a tick or more, in a guest's code */
	uint64_t made_ticks; /* since boot, of USER_HZ */
	bool accounted;
	uint64_t ran_ns, waited_ns;
	int kvm_run; /* the descriptor on which it sleeps in KVM_RUN, or -1 */
};

/* false: it has ended, or its files are not what Linux writes. */
bool probe_thread(struct probe_thread *thread, int root, unsigned pid, unsigned tid);

/*
 * The vCPU's number in a thread's name, as VMMs give it: "CPU 3/KVM" (QEMU), "fc_vcpu 3"
 * (Firecracker, libkrun), "vcpu3" (Cloud Hypervisor), "crosvm_vcpu3", "kvm-vcpu-3" (kvmtool).
 * false: there is none.
 */
bool probe_thread_number(const char *name, unsigned *number);

#endif
