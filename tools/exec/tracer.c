/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include "tools/exec/inject.h"
#include "tools/exec/process.h"
#include "tools/exec/tracer.h"
#include "tools/report.h"

#define NO_CALL UINT64_MAX

#ifdef __aarch64__
#define NATIVE AUDIT_ARCH_AARCH64
#else
#define NATIVE AUDIT_ARCH_X86_64
#endif

struct process {
	struct process *next;
	pid_t pid;
	struct exec_kvm kvm;
};

struct thread {
	struct thread *next;
	pid_t tid;
	struct process *process;
	struct exec_call call;
};

struct tracer {
	const struct exec_job *job;
	struct process *processes;
	struct thread *threads;
	bool done;
};

int tracer_begin(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)(uintptr_t)EXEC_TRACE) != 0)
		return -errno;
	/* System calls are told of only by a thread that was stopped once. */
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0)
		return -errno;
	while (waitpid(pid, &status, __WALL) != pid)
		if (errno != EINTR)
			return -errno;
	if (!WIFSTOPPED(status) || ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0)
		return -ESRCH;
	return 0;
}

static struct process *get_process(struct tracer *t, pid_t pid)
{
	struct process *p = t->processes;

	while (p != NULL && p->pid != pid)
		p = p->next;
	if (p == NULL && (p = calloc(1, sizeof(*p))) != NULL) {
		*p = (struct process){.next = t->processes, .pid = pid};
		t->processes = p;
	}
	return p;
}

/* A new one may stop before the call that made it has ended. */
static struct thread *get_thread(struct tracer *t, pid_t tid)
{
	struct thread *thread = t->threads;

	while (thread != NULL && thread->tid != tid)
		thread = thread->next;
	if (thread != NULL)
		return thread;
	pid_t pid = process_of(tid);
	struct process *process = get_process(t, pid < 0 ? tid : pid);
	if (process == NULL || (thread = calloc(1, sizeof(*thread))) == NULL)
		return NULL;
	*thread = (struct thread){
		.next = t->threads, .tid = tid, .process = process, .call.number = NO_CALL};
	t->threads = thread;
	return thread;
}

static void drop_thread(struct tracer *t, pid_t tid)
{
	for (struct thread **at = &t->threads; *at != NULL; at = &(*at)->next)
		if ((*at)->tid == tid) {
			struct thread *gone = *at;
			*at = gone->next;
			free(gone);
			return;
		}
}

static void drop_process(struct tracer *t, pid_t pid)
{
	for (struct process **at = &t->processes; *at != NULL; at = &(*at)->next)
		if ((*at)->pid == pid) {
			struct process *gone = *at;
			*at = gone->next;
			exec_forget(&gone->kvm);
			free(gone);
			return;
		}
}

/* A process's first thread is the last whose end is told. */
static void ended(struct tracer *t, pid_t tid)
{
	drop_thread(t, tid);
	drop_process(t, tid);
}

/* Another program: no VM, no vCPU, and one thread, which has the process's number now. */
static void executed(struct tracer *t, struct thread *thread)
{
	unsigned long former = 0;

	if (ptrace(PTRACE_GETEVENTMSG, thread->tid, NULL, &former) == 0 &&
	    (pid_t)former != thread->tid)
		drop_thread(t, (pid_t)former);
	thread->call.number = NO_CALL;
	exec_forget(&thread->process->kvm);
}

static bool read_memory(void *ctx, uint64_t address, void *to, size_t size)
{
	return process_read(*(const pid_t *)ctx, address, to, size);
}

static void out_of_memory(struct tracer *t)
{
	report("exec: no memory to watch the VMM with; it goes on without stolen time");
	t->done = true;
}

/* Whoever has more VMs expects something for them, too. Those that come later, nobody sees. */
static void tell_others(const struct tracer *t)
{
	size_t vms = 0;

	for (const struct process *p = t->processes; p != NULL; p = p->next)
		vms += exec_runnable(&p->kvm);
	if (vms > 1)
		report("exec: there are %zu VMs, and only the one that runs first is seen to", vms);
}

/* Returns whether the thread is to go on. */
static bool begins(struct tracer *t, struct thread *thread,
		   const struct __ptrace_syscall_info *info)
{
	struct exec_kvm *kvm = &thread->process->kvm;
	struct exec_call *call = &thread->call;

	call->number = info->arch == NATIVE ? info->entry.nr : NO_CALL;
	for (int i = 0; i < 6; i++)
		call->args[i] = info->entry.args[i];
	switch (exec_enter(kvm, call, read_memory, &thread->tid)) {
	case EXEC_RUN:
		t->done = exec_act(t->job, thread->tid, kvm, call->vcpu);
		if (t->done)
			tell_others(t);
		return t->done;
	case EXEC_RUN_ALL:
		if (!process_file_is(thread->tid, (int)call->args[0], "anon_inode:kvm-vcpu"))
			return true;
		report("exec: the guest gets no stolen time: the VMM runs a vCPU that it was not "
		       "seen to make");
		t->done = true;
		return true;
	case EXEC_ON:
		break;
	}
	return true;
}

static bool at_call(struct tracer *t, struct thread *thread)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, (void *)sizeof(info), &info) < 0)
		return true;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		return begins(t, thread, &info);
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && thread->call.number != NO_CALL &&
	    !exec_leave(&thread->process->kvm, &thread->call, info.exit.rval))
		out_of_memory(t);
	thread->call.number = NO_CALL;
	return true;
}

static bool is_group_stop(int status)
{
	int signo = WSTOPSIG(status);

	return status >> 16 == PTRACE_EVENT_STOP &&
	       (signo == SIGSTOP || signo == SIGTSTP || signo == SIGTTIN || signo == SIGTTOU);
}

/* How the thread goes on, if it does: as it would have without us. */
static void stopped(struct tracer *t, struct thread *thread, int status)
{
	enum __ptrace_request request = PTRACE_SYSCALL;
	int signo = 0;
	bool on = true;

	if (WSTOPSIG(status) == (SIGTRAP | 0x80))
		on = at_call(t, thread);
	else if (is_group_stop(status))
		request = PTRACE_LISTEN;
	else if (status >> 16 == PTRACE_EVENT_EXEC)
		executed(t, thread);
	else if (status >> 16 == 0)
		signo = WSTOPSIG(status);
	if (t->done)
		request = PTRACE_DETACH;
	/* One that was killed meanwhile is not there, and its end is told. */
	if (on)
		ptrace(request, thread->tid, NULL, (void *)(intptr_t)signo);
}

void tracer_serve(const struct exec_job *job)
{
	struct tracer t = {.job = job};

	while (!t.done) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL);

		if (tid < 0) {
			if (errno == EINTR)
				continue;
			break;
		}
		if (!WIFSTOPPED(status)) {
			ended(&t, tid);
			continue;
		}
		struct thread *thread = get_thread(&t, tid);
		if (thread != NULL)
			stopped(&t, thread, status);
		else
			out_of_memory(&t);
	}
	while (t.threads != NULL)
		drop_thread(&t, t.threads->tid);
	while (t.processes != NULL)
		drop_process(&t, t.processes->pid);
}
