/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include "tools/clock.h"
#include "tools/exec/process.h"
#include "tools/exec/threads.h"

static struct process *get_process(struct threads *all, pid_t pid)
{
	struct process *p = all->processes;

	while (p != NULL && p->pid != pid)
		p = p->next;
	if (p == NULL && (p = calloc(1, sizeof(*p))) != NULL) {
		*p = (struct process){.next = all->processes, .pid = pid};
		all->processes = p;
	}
	return p;
}

static struct thread *find(const struct threads *all, pid_t tid)
{
	struct thread *thread = all->threads;

	while (thread != NULL && thread->tid != tid)
		thread = thread->next;
	return thread;
}

/* A new thread may stop before the call that created it has ended. */
struct thread *threads_get(struct threads *all, pid_t tid)
{
	struct thread *thread = find(all, tid);

	if (thread != NULL)
		return thread;
	pid_t pid = process_of(tid);
	struct process *process = get_process(all, pid < 0 ? tid : pid);
	if (process == NULL || (thread = calloc(1, sizeof(*thread))) == NULL)
		return NULL;
	*thread = (struct thread){
		.next = all->threads, .tid = tid, .process = process, .call.number = NO_CALL};
	all->threads = thread;
	return thread;
}

static void drop_thread(struct threads *all, pid_t tid)
{
	for (struct thread **at = &all->threads; *at != NULL; at = &(*at)->next)
		if ((*at)->tid == tid) {
			struct thread *gone = *at;
			*at = gone->next;
			free(gone);
			return;
		}
}

static void drop_process(struct threads *all, pid_t pid)
{
	for (struct process **at = &all->processes; *at != NULL; at = &(*at)->next)
		if ((*at)->pid == pid) {
			struct process *gone = *at;
			*at = gone->next;
			exec_forget(&gone->kvm);
			free(gone);
			return;
		}
}

void threads_leave(struct threads *all, struct process *process)
{
	struct thread *next;

	for (struct thread *thread = all->threads; thread != NULL; thread = next) {
		next = thread->next;
		if (thread->process == process)
			drop_thread(all, thread->tid);
	}
	drop_process(all, process->pid);
}

void threads_ended(struct threads *all, pid_t tid)
{
	drop_thread(all, tid);
	drop_process(all, tid);
}

void threads_executed(struct threads *all, struct thread *thread)
{
	unsigned long former = 0;

	if (ptrace(PTRACE_GETEVENTMSG, thread->tid, NULL, &former) == 0 &&
	    (pid_t)former != thread->tid)
		drop_thread(all, (pid_t)former);
	thread->call.number = NO_CALL;
	exec_forget(&thread->process->kvm);
}

void threads_forget(struct threads *all)
{
	while (all->threads != NULL)
		drop_thread(all, all->threads->tid);
	while (all->processes != NULL)
		drop_process(all, all->processes->pid);
}

static struct thread *arrived(struct threads *all, pid_t tid, int status)
{
	struct thread *thread = threads_get(all, tid);

	if (thread != NULL)
		thread->in_vfork = WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_VFORK;
	return thread;
}

static struct thread *next_held(const struct threads *all)
{
	struct thread *thread = all->threads;

	while (thread != NULL && !thread->has_event)
		thread = thread->next;
	return thread;
}

bool threads_wait(struct threads *all, struct thread **thread, int *status)
{
	pid_t tid;

	do {
		struct thread *held = next_held(all);

		if (held != NULL) {
			held->has_event = false;
			*status = held->status;
			tid = held->tid;
		} else {
			do
				tid = waitpid(-1, status, __WALL);
			while (tid < 0 && errno == EINTR);
			if (tid < 0)
				return false;
		}
		if (!WIFSTOPPED(*status))
			threads_ended(all, tid);
	} while (!WIFSTOPPED(*status));
	*thread = arrived(all, tid, *status);
	return true;
}

/*
 * A thread that still has to stop, or NULL. waitpid() does not report the end of a process's first
 * thread while the process lives on, hence process_is_dead().
 */
static const struct thread *still_runs(const struct threads *all, const struct thread *own)
{
	const struct thread *thread = all->threads;

	while (thread != NULL && (thread == own || thread->has_event || thread->is_parked ||
				  thread->in_vfork || process_is_dead(thread->tid)))
		thread = thread->next;
	return thread;
}

/* Wait until a thread has an event, which may have come already. false: the time is over. */
static bool wait_for_any(int64_t until_ms)
{
	int64_t left = until_ms - clock_now_ms();
	struct timespec wait = {left / 1000, left % 1000 * 1000000};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	return left > 0 && (sigtimedwait(&child, NULL, &wait) == SIGCHLD || errno == EINTR);
}

/* Store each event that has come. false: out of memory. */
static bool keep_events(struct threads *all)
{
	int status;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL | WNOHANG)) > 0) {
		struct thread *thread = arrived(all, tid, status);

		if (thread == NULL)
			return false;
		thread->has_event = true;
		thread->status = status;
	}
	return true;
}

int threads_hold(struct threads *all, const struct thread *own, pid_t *late)
{
	const int64_t until = clock_now_ms() + INT64_C(1000) * HOLD_SECONDS;

	for (const struct thread *thread = all->threads; thread != NULL; thread = thread->next)
		if (thread != own)
			ptrace(PTRACE_INTERRUPT, thread->tid, NULL, NULL);
	for (;;) {
		if (!keep_events(all))
			return -ENOMEM;
		const struct thread *running = still_runs(all, own);
		if (running == NULL)
			return 0;
		*late = running->tid;
		if (!wait_for_any(until))
			return -ETIMEDOUT;
	}
}
