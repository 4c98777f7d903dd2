/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_THREADS_H
#define TOOLS_EXEC_THREADS_H

/* The processes and threads that are traced, and their events: what waitpid() reports of each. */
#include <stdbool.h>
#include <sys/types.h>
#include "tools/exec/watch.h"

#define NO_CALL UINT64_MAX

struct process {
	struct process *next;
	pid_t pid;
	struct exec_kvm kvm;
};

struct thread {
	struct thread *next;
	pid_t tid;
	struct process *process;
	struct exec_call call; /* the call that it is in; number NO_CALL: none */
	bool in_vfork;	       /* it waits for its child, and cannot stop */
	bool is_parked;	       /* held on entry to KVM_RUN until the tracer resumes it */
	bool has_event;	       /* `status` is an event that threads_wait() has not returned yet */
	int status;
};

/* All zero: no thread is traced. */
struct threads {
	struct process *processes;
	struct thread *threads;
};

/*
 * The thread with this ID. A new one is added, with its process if that is new, too. NULL: out of
 * memory.
 */
struct thread *threads_get(struct threads *all, pid_t tid);

/*
 * The thread has ended. waitpid() reports a process's first thread last, so the process has ended
 * with it.
 */
void threads_ended(struct threads *all, pid_t tid);

/* Forget the process and its threads, which are no longer traced. */
void threads_leave(struct threads *all, struct process *process);

/*
 * The thread has executed another program: its process now has this one thread, under the process's
 * ID, and no VM.
 */
void threads_executed(struct threads *all, struct thread *thread);

/*
 * The next event of a thread that has stopped: the thread, and its status as from waitpid(). Events
 * that threads_hold() has stored come first. Ends of threads are handled inside. false: no thread
 * is left. true with *thread NULL: out of memory.
 */
bool threads_wait(struct threads *all, struct thread **thread, int *status);

/*
 * Stop all threads of all processes, so that none of them changes memory or files until
 * threads_wait() has returned the events that this causes. `own` is stopped already; a thread that
 * waits in vfork() cannot change anything. Blocking calls may return EINTR, as they may after
 * SIGSTOP and SIGCONT. The caller has SIGCHLD blocked and not ignored.
 *
 * Returns 0; -ETIMEDOUT: thread *late did not stop within HOLD_SECONDS; -ENOMEM. In both error
 * cases some threads may have been stopped.
 */
#define HOLD_SECONDS 2
int threads_hold(struct threads *all, const struct thread *own, pid_t *late);

/* Forget all processes and threads, without touching them. */
void threads_forget(struct threads *all);

#endif
