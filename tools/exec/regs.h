/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_REGS_H
#define TOOLS_EXEC_REGS_H

/*
 * The registers of a thread that is in a ptrace stop at a system call: all that depends on the
 * architecture. regs.c is that of arm64; the unit tests have one for the machine that they run on.
 *
 * Each returns 0 or a negative errno: ESRCH where the thread is gone, ENOSYS where this is no
 * arm64.
 */
#include <stdbool.h>
#include <stdint.h>
#include <linux/audit.h>
#include <sys/types.h>

/* Of the system calls that are watched. */
#ifdef __aarch64__
#define EXEC_ARCH AUDIT_ARCH_AARCH64
#else
#define EXEC_ARCH AUDIT_ARCH_X86_64
#endif

struct exec_regs {
	uint64_t words[40];
};

/* At a stop on entry to a system call. */
int exec_regs_save(pid_t tid, struct exec_regs *regs);

/*
 * Have the thread make this system call when it goes on. `entered`: it is still on entry to the one
 * with which `saved` was taken, and makes this one in its place; otherwise it has ended a call, and
 * makes one more.
 */
int exec_regs_call(pid_t tid, const struct exec_regs *saved, bool entered, uint64_t number,
		   const uint64_t args[6]);

/*
 * At a stop on entry to a system call, or of a seccomp filter before one: it makes none, which
 * fails with ENOSYS.
 */
int exec_regs_cancel(pid_t tid);

/*
 * Have it make the system call with which `saved` was taken, as if it had made none since. It has
 * ended one.
 */
int exec_regs_again(pid_t tid, const struct exec_regs *saved);

#endif
