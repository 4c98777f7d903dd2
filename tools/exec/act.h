/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_ACT_H
#define TOOLS_EXEC_ACT_H

/* Give the vCPUs of a VM their structures, from inside the process that has it. */
#include <stdbool.h>
#include <sys/types.h>
#include "tools/exec/options.h"
#include "tools/exec/watch.h"

struct exec_job {
	const struct exec_options *options;
	uint32_t slots; /* that a VM can have */
	/* the VMM has our filter (filter.h), and is watched for as long as it lives */
	bool filtered;
};

/*
 * The thread `tid`, stopped on entry to KVM_RUN, is about to run vCPU `index`: do what is to be
 * done, and tell. Afterwards the thread is still stopped, and makes its KVM_RUN when it goes on.
 * exec_begin() is next. false: it cannot be decided yet, and the thread has to wait for vCPU 0.
 */
bool exec_act(const struct exec_job *job, pid_t tid, struct exec_kvm *kvm, size_t index);

/*
 * The VM was seen to, and the thread is about to run this vCPU for the first time: its number goes
 * on from what --stolen says.
 */
void exec_begin(const struct exec_job *job, pid_t tid, struct exec_kvm *kvm, size_t index);

#endif
