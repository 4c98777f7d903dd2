/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tools/exec/regs.h for the machine that runs the unit tests; if that is arm64, tools/exec/regs.c
 * itself.
 */
#ifdef __aarch64__
#include "tools/exec/regs.c"
#else
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include "tools/exec/regs.h"

#define SYSCALL_SIZE 2

_Static_assert(sizeof(struct user_regs_struct) <= sizeof(struct exec_regs), "room");

static int set(pid_t tid, struct user_regs_struct *now)
{
	return ptrace(PTRACE_SETREGS, tid, NULL, now) == 0 ? 0 : -errno;
}

int exec_regs_save(pid_t tid, struct exec_regs *regs)
{
	return ptrace(PTRACE_GETREGS, tid, NULL, regs) == 0 ? 0 : -errno;
}

int exec_regs_call(pid_t tid, const struct exec_regs *saved, bool entered, uint64_t number,
		   const uint64_t args[6])
{
	struct user_regs_struct now;

	memcpy(&now, saved, sizeof(now));
	now.rdi = args[0];
	now.rsi = args[1];
	now.rdx = args[2];
	now.r10 = args[3];
	now.r8 = args[4];
	now.r9 = args[5];
	now.orig_rax = entered ? number : UINT64_MAX;
	if (!entered) {
		now.rax = number;
		now.rip -= SYSCALL_SIZE;
	}
	return set(tid, &now);
}

int exec_regs_cancel(pid_t tid)
{
	struct user_regs_struct now;
	int error = exec_regs_save(tid, (struct exec_regs *)&now);

	now.orig_rax = UINT64_MAX;
	return error == 0 ? set(tid, &now) : error;
}

int exec_regs_again(pid_t tid, const struct exec_regs *saved)
{
	struct user_regs_struct now;

	memcpy(&now, saved, sizeof(now));
	now.rax = now.orig_rax;
	now.orig_rax = UINT64_MAX;
	now.rip -= SYSCALL_SIZE;
	return set(tid, &now);
}
#endif
