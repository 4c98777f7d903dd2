/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include "tools/exec/inject.h"
#include "tools/exec/process.h"

/*
 * Linux's include/linux/errno.h: as the result of a system call, "restart it". User space never
 * sees these.
 */
#define RESTART_FIRST (-516)
#define RESTART_LAST  (-512)

static int traced(long result)
{
	return result == -1 ? -errno : 0;
}

/* Until resume_filter(), the thread's seccomp filter, if it has one, permits every call. */
static int suspend_filter(const struct inject *in)
{
	return traced(ptrace(PTRACE_SETOPTIONS, in->tid, NULL,
			     (void *)(inject_options(in->filtered) | PTRACE_O_SUSPEND_SECCOMP)));
}

static int resume_filter(const struct inject *in)
{
	return traced(
		ptrace(PTRACE_SETOPTIONS, in->tid, NULL, (void *)inject_options(in->filtered)));
}

/* Whether the filter can be suspended, if the thread has one. Returns 0 or a negative errno. */
static int may_suspend_filter(const struct inject *in)
{
	int error = suspend_filter(in);

	if (error == 0)
		return resume_filter(in);
	if (error == -ESRCH)
		return error;
	return process_is_confined(in->tid, in->filtered) ? -EPERM : 0;
}

static int look(pid_t tid, struct __ptrace_syscall_info *info)
{
	return ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof(*info), info) < 0 ? -errno : 0;
}

int inject_begin(struct inject *in, pid_t tid, bool filtered)
{
	uint64_t all = UINT64_MAX;

	struct __ptrace_syscall_info own;

	*in = (struct inject){.tid = tid, .filtered = filtered, .entered = true};
	int error = look(tid, &own);
	if (error == 0) {
		in->pc = own.instruction_pointer;
		in->arch = own.arch;
		error = exec_regs_save(tid, &in->saved);
	}
	if (error == 0)
		error = traced(
			ptrace(PTRACE_GETSIGMASK, tid, (void *)sizeof(in->signals), &in->signals));
	if (error == 0)
		error = may_suspend_filter(in);
	if (error == 0)
		error = traced(ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof(all), &all));
	return error;
}

/*
 * Resume the thread up to its next stop at a system call. All signals but SIGSTOP are blocked. A
 * SIGSTOP is passed on: the thread has to stop with its process, and does so once it is no longer
 * traced.
 */
static int go_on(pid_t tid, int op, struct __ptrace_syscall_info *info)
{
	int status, signo = 0, error;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, tid, NULL, (void *)(intptr_t)signo) != 0)
			return -errno;
		while (waitpid(tid, &status, __WALL) != tid)
			if (errno != EINTR)
				return -ESRCH;
		if (!WIFSTOPPED(status))
			return -ESRCH;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			error = look(tid, info);
			return error == 0 && info->op != op ? -EPROTO : error;
		}
		signo = status >> 16 == 0 ? WSTOPSIG(status) : 0;
	}
}

/*
 * Whether the thread is on entry to the call that was set, at the place where it was set. The
 * process could have changed the instruction there, or have come there another way; only what the
 * kernel reports of a call is reliable.
 */
static bool is_ours(const struct inject *in, const struct __ptrace_syscall_info *info,
		    uint64_t number, const uint64_t args[6])
{
	bool ours = info->arch == in->arch && info->instruction_pointer == in->pc &&
		    info->entry.nr == number;

	for (int i = 0; i < 6; i++)
		ours = ours && info->entry.args[i] == args[i];
	return ours;
}

/*
 * Bring the thread to the entry of the call. EPROTO: it is on entry to another call, which is
 * replaced by no call.
 */
static int enter(struct inject *in, uint64_t number, const uint64_t args[6])
{
	struct __ptrace_syscall_info info = {0};
	int error = exec_regs_call(in->tid, &in->saved, in->entered, number, args);

	if (error != 0 || in->entered)
		return error;
	error = go_on(in->tid, PTRACE_SYSCALL_INFO_ENTRY, &info);
	if (error != 0 || is_ours(in, &info, number, args))
		return error;
	error = exec_regs_cancel(in->tid);
	return error == 0 ? -EPROTO : error;
}

/*
 * From the entry of a call that was verified, or of no call, to its end, without the thread's
 * filter.
 */
static int leave(struct inject *in, int64_t *result)
{
	struct __ptrace_syscall_info info = {0};

	suspend_filter(in); /* fails if the thread has no filter to suspend */
	int error = go_on(in->tid, PTRACE_SYSCALL_INFO_EXIT, &info);
	in->entered = false;
	if (error == 0)
		error = resume_filter(in);
	if (error == 0)
		*result = info.exit.rval;
	return error;
}

static int once(struct inject *in, uint64_t number, const uint64_t args[6], int64_t *result)
{
	int64_t none;
	int error = enter(in, number, args);

	if (error == 0)
		return leave(in, result);
	if (error == -EPROTO && leave(in, &none) == -ESRCH)
		error = -ESRCH;
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
	return error;
}
