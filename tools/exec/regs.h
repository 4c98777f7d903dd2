/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_REGS_H
#define TOOLS_EXEC_REGS_H

/*
 * The registers of a thread that is in a ptrace stop at a system call: everything here depends on
 * the architecture. regs.c is for arm64; the unit tests have a version for the machine that they
 * run on.
 *
 * Each function returns 0 or a negative errno: ESRCH if the thread is gone, ENOSYS if this is not
 * arm64.
 */
#include <stdbool.h>
#include <stdint.h>
#include <linux/audit.h>
#include <sys/types.h>

/* The architecture whose system calls are watched. */
#ifdef __aarch64__
#define EXEC_ARCH AUDIT_ARCH_AARCH64
#else
#define EXEC_ARCH AUDIT_ARCH_X86_64
#endif

struct exec_regs {
	uint64_t words[40];
};

/* Save the registers, at a stop on entry to a system call. */
int exec_regs_save(pid_t tid, struct exec_regs *regs);

/*
 * Make the thread execute this system call when it is resumed. `entered`: it is still on entry to
 * the call at which `saved` was taken, and makes the new one instead. Otherwise it has ended a
 * call, and makes another.
 */
int exec_regs_call(pid_t tid, const struct exec_regs *saved, bool entered, uint64_t number,
		   const uint64_t args[6]);

/*
 * At a stop on entry to a system call, or at a seccomp filter's stop before one: replace the call
 * by no call, which returns ENOSYS.
 */
int exec_regs_cancel(pid_t tid);

/*
 * At the end of a call: make the thread execute the call at which `saved` was taken, as if it had
 * made none since.
 */
int exec_regs_again(pid_t tid, const struct exec_regs *saved);

#endif
