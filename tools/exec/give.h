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
 * A VM of what `kvm` knows, whose files are still what it says; and a thread of its process,
 * stopped on entry to KVM_RUN.
 */
struct exec_target {
	pid_t tid;
	struct exec_kvm *kvm;
	size_t vm;
	bool filtered; /* the process has our filter (filter.h) */
};

/*
 * The thread's registers, signals and system call are as before, in any case, and it is still
 * stopped. dry_run: only see whether calls could be made. false: not all vCPUs have been given
 * theirs, and why was told; vCPU 0 has none then.
 */
bool exec_give(const struct exec_target *to, const struct exec_plan *plan, bool dry_run);

/*
 * vCPU `index` is about to run in thread `tid` for the first time, and its number is to go on from
 * `stolen` ns: KVM will add to what is in the structure all that the thread has waited for a CPU in
 * its life. Its process has the structures at `structures`. false: cannot be done.
 */
bool exec_begin_at(pid_t tid, uint64_t structures, uint32_t id, uint64_t stolen);

/*
 * Tell that the guest gets no stolen time, and why; error: a negative errno that says more, or 0.
 */
void exec_refuse(const char *what, int64_t error);

#endif
