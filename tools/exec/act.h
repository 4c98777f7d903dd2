/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_ACT_H
#define TOOLS_EXEC_ACT_H

/*
 * Decide where the structures of a VM go, and give each vCPU its address, by system calls of the
 * VMM's own threads (give.h).
 */
#include <stdbool.h>
#include <sys/types.h>
#include "tools/exec/options.h"
#include "tools/exec/watch.h"

struct exec_job {
	const struct exec_options *options;
	uint32_t slots; /* how many memory slots a VM can have */
	/* the VMM has pvtime's filter (filter.h), and is watched for as long as it lives */
	bool filtered;
};

/*
 * Thread `tid` is stopped on entry to KVM_RUN and is about to run vCPU `index`: give the VM stolen
 * time, or report why not. The thread stays stopped, and makes its KVM_RUN when it is resumed; the
 * caller calls exec_begin() before. false: the place is not known yet, and the thread has to wait
 * until another one runs vCPU 0.
 */
bool exec_act(const struct exec_job *job, pid_t tid, struct exec_kvm *kvm, size_t index);

/*
 * Thread `tid` is about to run vCPU `index` of a VM that exec_act() has served. If the vCPU runs
 * for the first time, make its stolen time continue from the number that --stolen gives.
 */
void exec_begin(const struct exec_job *job, pid_t tid, struct exec_kvm *kvm, size_t index);

#endif
