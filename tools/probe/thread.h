/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_THREAD_H
#define TOOLS_PROBE_THREAD_H

/* One thread, as its files below /proc/PID/task/TID describe it. */
#include <stdbool.h>
#include <stdint.h>
#include "tools/probe/facts.h"

struct probe_thread {
	char name[32];
	bool in_guest;	     /* it runs guest code, or has for at least a tick */
	uint64_t made_ticks; /* when it was created: since boot, in ticks of USER_HZ */
	unsigned cpu;	     /* the last one that it ran on or waited for */
	bool accounted;
	uint64_t ran_ns, waited_ns;
	int kvm_run; /* the descriptor of the vCPU in whose KVM_RUN it sleeps, or -1 */
};

/*
 * All but `kvm_run`, which is -1. false: the thread has ended, or its files do not have Linux's
 * format.
 */
bool probe_thread_times(struct probe_thread *thread, int root, unsigned pid, unsigned tid);

/* All of it. false: as above. */
bool probe_thread(struct probe_thread *thread, int root, unsigned pid, unsigned tid);

/*
 * The vCPU's number in a thread's name, as VMMs write it: "CPU 3/KVM" (QEMU), "fc_vcpu 3"
 * (Firecracker, libkrun), "vcpu3" (Cloud Hypervisor), "crosvm_vcpu3", "kvm-vcpu-3" (kvmtool).
 * false: the name has none.
 */
bool probe_thread_number(const char *name, unsigned *number);

#endif
