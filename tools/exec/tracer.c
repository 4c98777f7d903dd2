/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include "tools/exec/filter.h"
#include "tools/exec/gains.h"
#include "tools/exec/inject.h"
#include "tools/exec/process.h"
#include "tools/exec/threads.h"
#include "tools/exec/tracer.h"
#include "tools/report.h"

/*
 * With the filter (filter.h), watched threads stop at all their system calls only while there is a
 * VM that was not served yet; otherwise they run, and the filter stops a thread that is about to
 * make a VM. Without the filter, they stop at all calls from the start, and tracing ends with the
 * first VM.
 */
struct tracer {
	const struct exec_job *job;
	struct threads all;
	bool watches_calls;
	bool done;
};

static enum __ptrace_request on(const struct tracer *t)
{
	return t->watches_calls ? PTRACE_SYSCALL : PTRACE_CONT;
}

int tracer_begin(pid_t pid, bool filtered)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)inject_options(filtered)) != 0)
		return -errno;
	/* A seized thread reports its system calls only after it was stopped once. */
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0)
		return -errno;
	while (waitpid(pid, &status, __WALL) != pid)
		if (errno != EINTR)
			return -errno;
	if (!WIFSTOPPED(status) ||
	    ptrace(filtered ? PTRACE_CONT : PTRACE_SYSCALL, pid, NULL, NULL) != 0)
		return -ESRCH;
	return 0;
}

static bool read_memory(void *ctx, uint64_t address, void *to, size_t size)
{
	return process_read(*(const pid_t *)ctx, address, to, size);
}

static void out_of_memory(struct tracer *t)
{
	report("exec: out of memory; the VMM continues untraced, without stolen time");
	t->done = true;
}

/* A user of several VMs expects stolen time for all of them. VMs made later are not reported. */
static void tell_others(const struct tracer *t)
{
	size_t vms = 0;

	for (const struct process *p = t->all.processes; p != NULL; p = p->next)
		vms += exec_runnable(&p->kvm);
	if (vms > 1)
		report("exec: %zu VMs found; only the first to run gets stolen time; --again gives it to each",
		       vms);
}

/* Resume the threads of the VM's vCPUs that were held until another vCPU ran. */
static void release_parked(struct tracer *t, const struct process *process, size_t vm)
{
	for (struct thread *thread = t->all.threads; thread != NULL; thread = thread->next)
		if (thread->is_parked && thread->process == process &&
		    process->kvm.vcpus[thread->call.vcpu].vm == vm) {
			thread->is_parked = false;
			ptrace(on(t), thread->tid, NULL, NULL);
		}
}

/*
 * The VM was served, or cannot be: decide what to watch from now on. Without numbers of --stolen to
 * set, nothing of this VM.
 */
static void settle(struct tracer *t, struct process *process, size_t vm)
{
	struct exec_kvm *kvm = &process->kvm;

	for (size_t i = 0; i < kvm->vcpu_count; i++)
		if (kvm->vcpus[i].vm == vm &&
		    (t->job->options->stolen_count == 0 || kvm->vms[vm].structures == 0))
			kvm->vcpus[i].begun = true;
	if (!t->job->filtered) {
		t->done = exec_is_settled(kvm, vm);
		release_parked(t, process, vm);
		return;
	}
	t->watches_calls = false;
	for (const struct process *p = t->all.processes; p != NULL; p = p->next)
		t->watches_calls |= exec_is_pending(&p->kvm);
	release_parked(t, process, vm);
}

/*
 * A vCPU of a VM that was not served yet is about to run: serve the VM. If that takes suspending a
 * seccomp filter, first stop all other threads, so that they do not change what the tracer checks
 * and passes to the kernel. false: the thread has to wait for another vCPU.
 */
static bool sees_to(struct tracer *t, struct thread *thread)
{
	pid_t late;
	int error = process_is_confined(thread->tid, t->job->filtered)
			    ? threads_hold(&t->all, thread, &late)
			    : 0;

	switch (error) {
	case 0:
		return exec_act(t->job, thread->tid, &thread->process->kvm, thread->call.vcpu);
	case -ETIMEDOUT:
		report("exec: the guest gets no stolen time: thread %d of the VMM did not stop within %d s",
		       (int)late, HOLD_SECONDS);
		return true;
	default:
		out_of_memory(t);
		return true;
	}
}

/* Returns whether the thread is to be resumed. */
static bool runs(struct tracer *t, struct thread *thread)
{
	struct exec_kvm *kvm = &thread->process->kvm;
	const size_t vcpu = thread->call.vcpu, vm = kvm->vcpus[vcpu].vm;

	if (!kvm->vms[vm].served) {
		if (!sees_to(t, thread)) {
			thread->is_parked = true;
			return false;
		}
		kvm->vms[vm].served = true;
		if (!t->job->filtered)
			tell_others(t);
	}
	exec_begin(t->job, thread->tid, kvm, vcpu);
	settle(t, thread->process, vm);
	return true;
}

/*
 * KVM_RUN on a vCPU whose creation was not traced. With the filter that is expected, because calls
 * are not watched after the VM was served.
 */
static void runs_unknown(struct tracer *t, const struct thread *thread)
{
	if (t->job->filtered ||
	    !process_file_is(thread->tid, (int)thread->call.args[0], "anon_inode:kvm-vcpu"))
		return;
	report("exec: the guest gets no stolen time: the VMM runs a vCPU whose creation was not traced");
	t->done = true;
}

/*
 * The thread is about to execute a file whose rights it would lose while it is traced. Its process
 * is no longer traced; its other threads end with that call.
 */
static void leave_alone(struct tracer *t, struct thread *thread, const char *gains,
			const char *path)
{
	report("exec: %s has %s, which Linux ignores in a process traced without CAP_SYS_PTRACE: tracing stops, and what it runs gets no stolen time",
	       path, gains);
	ptrace(PTRACE_DETACH, thread->tid, NULL, NULL);
	threads_leave(&t->all, thread->process);
}

static void set_call(struct thread *thread, uint32_t arch, uint64_t number, const uint64_t args[6])
{
	thread->call.number = arch == EXEC_ARCH ? number : NO_CALL;
	for (int i = 0; i < 6; i++)
		thread->call.args[i] = args[i];
}

/* Returns whether the thread is to go on. */
static bool begins(struct tracer *t, struct thread *thread,
		   const struct __ptrace_syscall_info *info)
{
	char path[GAINS_PATH];

	set_call(thread, info->arch, info->entry.nr, info->entry.args);
	const char *gains = gains_lost(thread->tid, &thread->call, path);
	if (gains != NULL) {
		leave_alone(t, thread, gains, path);
		return false;
	}
	switch (exec_enter(&thread->process->kvm, &thread->call, read_memory, &thread->tid)) {
	case EXEC_RUN:
		return runs(t, thread);
	case EXEC_RUN_ALL:
		runs_unknown(t, thread);
		break;
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

/*
 * The filter has stopped a thread that is about to make a VM: from now on calls are watched. All
 * threads stop first, so that none makes a call on the VM unwatched. If the stop is of another
 * filter, one of the VMM's that asks for a tracer, the call fails as it would without a tracer.
 */
static void makes_vm(struct tracer *t, struct thread *thread)
{
	struct __ptrace_syscall_info info;
	unsigned long data = 0;
	pid_t late;

	ptrace(PTRACE_GETEVENTMSG, thread->tid, NULL, &data);
	if (data != FILTER_DATA) {
		exec_regs_cancel(thread->tid);
		return;
	}
	if (t->watches_calls ||
	    ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, (void *)sizeof(info), &info) < 0)
		return;
	/* A thread that is late is inside the kernel, and stops before it returns. */
	if (threads_hold(&t->all, thread, &late) == -ENOMEM)
		out_of_memory(t);
	t->watches_calls = true;
	set_call(thread, info.arch, info.seccomp.nr, info.seccomp.args);
}

static bool is_group_stop(int status)
{
	int signo = WSTOPSIG(status);

	return status >> 16 == PTRACE_EVENT_STOP &&
	       (signo == SIGSTOP || signo == SIGTSTP || signo == SIGTTIN || signo == SIGTTOU);
}

/*
 * Handle a stop, and resume the thread as it would continue without the tracer, unless it is held.
 */
static void stopped(struct tracer *t, struct thread *thread, int status)
{
	int signo = 0;
	bool goes_on = true;

	if (WSTOPSIG(status) == (SIGTRAP | 0x80))
		goes_on = at_call(t, thread);
	else if (status >> 16 == PTRACE_EVENT_SECCOMP)
		makes_vm(t, thread);
	else if (status >> 16 == PTRACE_EVENT_EXEC)
		threads_executed(&t->all, thread);
	else if (status >> 16 == 0)
		signo = WSTOPSIG(status);
	if (!goes_on)
		return;
	enum __ptrace_request request = t->done			? PTRACE_DETACH
					: is_group_stop(status) ? PTRACE_LISTEN
								: on(t);
	if (request == PTRACE_CONT)
		thread->call.number = NO_CALL; /* the end of the call is not reported */
	/* This fails if the thread was killed meanwhile; its end is reported. */
	ptrace(request, thread->tid, NULL, (void *)(intptr_t)signo);
}

void tracer_serve(const struct exec_job *job)
{
	struct tracer t = {.job = job, .watches_calls = !job->filtered};
	struct thread *thread;
	int status;

	while (!t.done && threads_wait(&t.all, &thread, &status))
		if (thread != NULL)
			stopped(&t, thread, status);
		else
			out_of_memory(&t);
	threads_forget(&t.all);
}
