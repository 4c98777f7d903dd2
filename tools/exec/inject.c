/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include "tools/exec/inject.h"
#include "tools/exec/process.h"

/* Linux' include/uapi/linux/ptrace.h: as a system call's result, "make it again". None reaches user space. */
#define RESTART_FIRST (-516)
#define RESTART_LAST  (-512)

static int traced(long result)
{
	return result == -1 ? -errno : 0;
}

/* Its filter, if it has one, lets everything pass as long as this lasts. */
static int suspend_filter(pid_t tid)
{
	int error = traced(ptrace(PTRACE_SETOPTIONS, tid, NULL,
				  (void *)(uintptr_t)(EXEC_TRACE | PTRACE_O_SUSPEND_SECCOMP)));

	if (error == 0 || error == -ESRCH || !process_is_confined(tid))
		return error == -ESRCH ? error : 0;
	return -EPERM;
}

int inject_begin(struct inject *in, pid_t tid)
{
	uint64_t all = UINT64_MAX;

	*in = (struct inject){.tid = tid, .entered = true};
	int error = exec_regs_save(tid, &in->saved);
	if (error == 0)
		error = traced(
			ptrace(PTRACE_GETSIGMASK, tid, (void *)sizeof(in->signals), &in->signals));
	if (error == 0)
		error = suspend_filter(tid);
	if (error == 0)
		error = traced(ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof(all), &all));
	return error;
}

/*
 * Let it go on to its next stop at a system call. Only SIGSTOP gets through between: it is passed on, and the thread, which is
 * then to stop with its process, does so when it is no longer traced.
 */
static int go_on(pid_t tid, int op)
{
	int status, signo = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, tid, NULL, (void *)(intptr_t)signo) != 0)
			return -errno;
		while (waitpid(tid, &status, __WALL) != tid)
			if (errno != EINTR)
				return -ESRCH;
		if (!WIFSTOPPED(status))
			return -ESRCH;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			struct __ptrace_syscall_info info;
			if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof(info), &info) < 0)
				return -errno;
			return info.op == op ? 0 : -EPROTO;
		}
		signo = status >> 16 == 0 ? WSTOPSIG(status) : 0;
	}
}

static int once(struct inject *in, uint64_t number, const uint64_t args[6], int64_t *result)
{
	struct __ptrace_syscall_info info;
	int error = exec_regs_call(in->tid, &in->saved, in->entered, number, args);

	if (error == 0 && !in->entered)
		error = go_on(in->tid, PTRACE_SYSCALL_INFO_ENTRY);
	if (error == 0)
		error = go_on(in->tid, PTRACE_SYSCALL_INFO_EXIT);
	in->entered = false;
	if (error == 0 && ptrace(PTRACE_GET_SYSCALL_INFO, in->tid, (void *)sizeof(info), &info) < 0)
		error = -errno;
	if (error == 0)
		*result = info.exit.rval;
	return error;
}

int inject_call(struct inject *in, uint64_t number, const uint64_t args[6], int64_t *result)
{
	int error;

	do
		error = once(in, number, args, result);
	while (error == 0 && *result >= RESTART_FIRST && *result <= RESTART_LAST);
	return error;
}

int inject_end(struct inject *in)
{
	int error = in->entered ? 0 : exec_regs_again(in->tid, &in->saved);

	if (error == 0)
		error = traced(ptrace(PTRACE_SETSIGMASK, in->tid, (void *)sizeof(in->signals),
				      &in->signals));
	if (error == 0)
		error = traced(
			ptrace(PTRACE_SETOPTIONS, in->tid, NULL, (void *)(uintptr_t)EXEC_TRACE));
	return error;
}
