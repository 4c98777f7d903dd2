/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_INJECT_H
#define TOOLS_EXEC_INJECT_H

/*
 * System calls made by a thread of another process, for us, in the place of one that it was about
 * to make. It then makes its own as if nothing had been. Meanwhile its signals wait. A seccomp
 * filter of its own is suspended from the moment that a call of ours has begun, and was seen to be
 * ours, until its end: whatever else the thread is made to do is for its filter to judge.
 *
 * Where there is such a filter, whoever calls has stopped all that could change the arguments in
 * memory, or the files: threads.h.
 *
 * Each function returns 0 or a negative errno. ESRCH: the thread has ended, and nothing is left to
 * be done. EPROTO: it was about to make another call than it was told to, as its instructions were
 * changed, and was kept from that.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include "tools/exec/regs.h"

/* With which a thread is watched. */
#define EXEC_TRACE                                                                                \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_TRACEEXEC)

struct inject {
	pid_t tid;
	bool filtered;
	struct exec_regs saved;
	uint64_t signals; /* its mask */
	uint64_t pc;	  /* as the kernel tells it at a call that is made where its own was */
	uint32_t arch;
	bool entered; /* none was made yet */
};

/* The same for one that has our filter (filter.h) or not. */
static inline uintptr_t inject_options(bool filtered)
{
	return filtered ? EXEC_TRACE | PTRACE_O_TRACESECCOMP : EXEC_TRACE;
}

/*
 * The thread is stopped on entry to a system call. `filtered`: it has our filter. EPERM: it is
 * confined by another one, and this process may not suspend that (CAP_SYS_ADMIN, in the initial
 * user namespace, and no filter of its own).
 */
int inject_begin(struct inject *in, pid_t tid, bool filtered);

/* One system call; what it returns is in *result, a negative errno of its own included. */
int inject_call(struct inject *in, uint64_t number, const uint64_t args[6], int64_t *result);

/* The thread has what it had. It is still stopped. */
int inject_end(struct inject *in);

#endif
