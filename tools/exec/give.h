/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_GIVE_H
#define TOOLS_EXEC_GIVE_H

/* Give the vCPUs of a VM their structures, by system calls of one of its VMM's own threads. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "tools/exec/plan.h"
#include "tools/exec/watch.h"

/*
 * A VM that `kvm` describes and whose descriptors were checked, and a thread of its process that is
 * stopped on entry to KVM_RUN.
 */
struct exec_target {
	pid_t tid;
	struct exec_kvm *kvm;
	size_t vm;
	bool filtered; /* the process has pvtime's filter (filter.h) */
};

/*
 * Give all vCPUs of the VM their structures. In any case the thread is still stopped afterwards,
 * with its registers, signals and system call as before. dry_run: only find out whether the calls
 * could be made. false: not all vCPUs have a structure, vCPU 0 has none, and the reason was
 * reported.
 */
bool exec_give(const struct exec_target *to, const struct exec_plan *plan, bool dry_run);

/*
 * The vCPU with ID `id` is about to run in thread `tid` for the first time: make its stolen time
 * continue from `stolen` ns. KVM adds to the number in the structure all the time that the thread
 * has ever waited for a CPU, so that wait is subtracted. `structures` is the region's address in
 * the VMM. false: it cannot be done; see errno.
 */
bool exec_begin_at(pid_t tid, uint64_t structures, uint32_t id, uint64_t stolen);

/*
 * Report that the guest gets no stolen time, and why. error: a negative errno that says more, or 0.
 */
void exec_refuse(const char *what, int64_t error);

#endif
