/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_INJECT_H
#define TOOLS_EXEC_INJECT_H

/*
 * Makes a thread of another process execute system calls for pvtime, in place of the call that it
 * was about to make. Afterwards the thread makes its own call as if nothing had happened. Meanwhile
 * its signals are blocked. If the thread has a seccomp filter, the filter is suspended from the
 * entry of a call that was verified as pvtime's to the end of that call; it applies to everything
 * else that the thread does.
 *
 * If the thread has a filter, the caller has stopped every thread that could change the calls'
 * arguments in memory or the files (threads_hold()).
 *
 * Each function returns 0 or a negative errno. ESRCH: the thread has ended, and nothing is left to
 * do. EPROTO: its instructions were changed and it was about to make another call, which was
 * prevented.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include "tools/exec/regs.h"

/* The ptrace options of a watched thread. */
#define EXEC_TRACE                                                                                \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_TRACEEXEC)

struct inject {
	pid_t tid;
	bool filtered;
	struct exec_regs saved;
	uint64_t signals; /* its signal mask */
	/* instruction pointer that the kernel reports at the thread's own call, and at ours */
	uint64_t pc;
	uint32_t arch;
	bool entered; /* still on entry to its own call: none of ours was made yet */
};

/* The options of a thread that has pvtime's filter (filter.h), or has not. */
static inline uintptr_t inject_options(bool filtered)
{
	return filtered ? EXEC_TRACE | PTRACE_O_TRACESECCOMP : EXEC_TRACE;
}

/*
 * Take over the thread, which is stopped on entry to a system call. `filtered`: it has pvtime's
 * filter. EPERM: another filter confines the thread, and this process may not suspend that; it
 * takes CAP_SYS_ADMIN in the initial user namespace, and no filter of its own.
 */
int inject_begin(struct inject *in, pid_t tid, bool filtered);

/* Make one system call; *result is its result, or the negative errno with which it failed. */
int inject_call(struct inject *in, uint64_t number, const uint64_t args[6], int64_t *result);

/* Give the thread its registers and signals back. It stays stopped. */
int inject_end(struct inject *in);

#endif
