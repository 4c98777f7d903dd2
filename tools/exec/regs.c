/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include "tools/exec/regs.h"

#ifdef __aarch64__
#include <asm/ptrace.h>
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#define SVC_SIZE 4
#define NUMBER	 8 /* x8 has the number of a system call */

union arm64 {
	struct exec_regs regs;
	struct user_pt_regs user;
};

static int access_set(pid_t tid, enum __ptrace_request request, uintptr_t set, void *at,
		      size_t size)
{
	struct iovec part = {at, size};

	return ptrace(request, tid, set, &part) == 0 ? 0 : -errno;
}

int exec_regs_save(pid_t tid, struct exec_regs *regs)
{
	_Static_assert(sizeof(struct user_pt_regs) <= sizeof(*regs), "room");
	return access_set(tid, PTRACE_GETREGSET, NT_PRSTATUS, regs, sizeof(struct user_pt_regs));
}

/*
 * x7 tells the tracer whether a stop is on entry or exit. The kernel does not keep what is written
 * to it at a stop, so it needs no special care.
 */
int exec_regs_call(pid_t tid, const struct exec_regs *saved, bool entered, uint64_t number,
		   const uint64_t args[6])
{
	union arm64 now = {.regs = *saved};
	int call = (int)number;

	for (int i = 0; i < 6; i++)
		now.user.regs[i] = args[i];
	now.user.regs[NUMBER] = number;
	if (!entered)
		now.user.pc -= SVC_SIZE;
	int error = access_set(tid, PTRACE_SETREGSET, NT_PRSTATUS, &now, sizeof(now.user));
	/* On entry the kernel has already read x8, so the number has to be set separately. */
	if (error == 0 && entered)
		error = access_set(tid, PTRACE_SETREGSET, NT_ARM_SYSTEM_CALL, &call, sizeof(call));
	return error;
}

int exec_regs_cancel(pid_t tid)
{
	union arm64 now;
	int none = -1;
	int error = exec_regs_save(tid, &now.regs);

	now.user.regs[0] = (uint64_t)-ENOSYS;
	if (error == 0)
		error = access_set(tid, PTRACE_SETREGSET, NT_PRSTATUS, &now, sizeof(now.user));
	if (error == 0)
		error = access_set(tid, PTRACE_SETREGSET, NT_ARM_SYSTEM_CALL, &none, sizeof(none));
	return error;
}

int exec_regs_again(pid_t tid, const struct exec_regs *saved)
{
	union arm64 now = {.regs = *saved};

	now.user.pc -= SVC_SIZE;
	return access_set(tid, PTRACE_SETREGSET, NT_PRSTATUS, &now, sizeof(now.user));
}

#else

int exec_regs_save(pid_t tid, struct exec_regs *regs)
{
	(void)tid;
	(void)regs;
	return -ENOSYS;
}

int exec_regs_call(pid_t tid, const struct exec_regs *saved, bool entered, uint64_t number,
		   const uint64_t args[6])
{
	(void)tid;
	(void)saved;
	(void)entered;
	(void)number;
	(void)args;
	return -ENOSYS;
}

int exec_regs_cancel(pid_t tid)
{
	(void)tid;
	return -ENOSYS;
}

int exec_regs_again(pid_t tid, const struct exec_regs *saved)
{
	(void)tid;
	(void)saved;
	return -ENOSYS;
}
#endif
