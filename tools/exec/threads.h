/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_THREADS_H
#define TOOLS_EXEC_THREADS_H

/* The processes and threads that are watched, and their events: what waitpid() tells of each. */
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
	struct exec_call call; /* that it is in, number NO_CALL: none */
	bool in_vfork;	       /* it waits for its child, and cannot stop */
	bool is_parked;	       /* it was stopped, and waits for us */
	bool has_event;	       /* and nobody has seen to it yet: */
	int status;
};

/* All zero: nobody. */
struct threads {
	struct process *processes;
	struct thread *threads;
};

/* The thread of this number; one that is new is made, and its process. NULL: no memory. */
struct thread *threads_get(struct threads *all, pid_t tid);

/*
 * It has ended. A process's first thread is the last whose end is told, and the process ends with
 * it.
 */
void threads_ended(struct threads *all, pid_t tid);

/* None of this process's is watched any longer. */
void threads_leave(struct threads *all, struct process *process);

/*
 * It has executed another program: the process has one thread, which has its number now, and no VM.
 */
void threads_executed(struct threads *all, struct thread *thread);

/*
 * The next event of a thread that stops by it: the thread, and its status as of waitpid(). What
 * threads_hold() has kept comes first. Those that end are seen to here. false: nobody is left. true
 * with *thread NULL: no memory.
 */
bool threads_wait(struct threads *all, struct thread **thread, int *status);

/*
 * Stop all threads of all processes: nothing changes the memory and the files of any, until
 * threads_wait() has handed out what came of it. `own` is stopped already; one that waits in
 * vfork() can do nothing anyway. Blocking calls may end with EINTR, as they do by SIGSTOP and
 * SIGCONT. The caller has SIGCHLD blocked, and not ignored.
 *
 * Returns 0; -ETIMEDOUT: the thread *late has not stopped in HOLD_SECONDS; -ENOMEM. Then the others
 * are stopped as well, as may be.
 */
#define HOLD_SECONDS 2
int threads_hold(struct threads *all, const struct thread *own, pid_t *late);

/* Nobody is watched any more; no thread is touched. */
void threads_forget(struct threads *all);

#endif
