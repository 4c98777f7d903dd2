/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tools/exec/threads.c, on this machine: a process with threads that compute, that sleep, that have
 * ended, that wait in vfork(), and with a child of its own, stops as a whole, and continues as if
 * nothing had happened.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/exec/inject.h"
#include "tools/exec/threads.h"

#define STATUS	 42
#define THREADS	 5u /* of the first process, its first one included, which has ended */
#define VFORK_AT 4u /* the thread in vfork(); its child is the 6th, the fork()ed one the 7th */
#define ALL	 7u

/* Memory that the test and its process share. */
struct shared {
	int tids[ALL];
	int begun;     /* how many have stored their number */
	int over;      /* all must end */
	int result;    /* STATUS, if all went as it does without us */
	int caught;    /* how often a sleeping thread was woken by an error */
	long spins[2]; /* what the two threads that compute have counted */
};

static struct shared *shared;
static struct threads all;

static void arrive(unsigned i)
{
	shared->tids[i] = (int)syscall(__NR_gettid);
	__atomic_add_fetch(&shared->begun, 1, __ATOMIC_SEQ_CST);
}

static bool is_over(void)
{
	return __atomic_load_n(&shared->over, __ATOMIC_SEQ_CST) != 0;
}

static char state(int tid)
{
	char path[64], line[256], found = '?';

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "State: %c", &found) == 1)
			break;
	if (file != NULL)
		fclose(file);
	return found;
}

static void *compute(void *which)
{
	long *spins = which;

	arrive(1 + (unsigned)(spins - shared->spins));
	while (!is_over())
		__atomic_add_fetch(spins, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void nap(void)
{
	const struct timespec ms = {0, 1000000};

	if (nanosleep(&ms, NULL) != 0)
		__atomic_add_fetch(&shared->caught, 1, __ATOMIC_SEQ_CST);
}

/* The child executes no other program: it makes only system calls. */
static void *wait_in_vfork(void *unused)
{
	(void)unused;
	arrive(VFORK_AT);
	pid_t pid = vfork();
	if (pid == 0) {
		arrive(5);
		while (!is_over())
			nap();
		syscall(__NR_exit_group, STATUS);
	}
	int status = 0;
	if (pid < 0 || waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != STATUS)
		syscall(__NR_exit_group, 3);
	return NULL;
}

/*
 * All are there, the first thread has ended, and the thread in vfork() sleeps. The last two happen
 * some time after a thread or its child has stored its number.
 */
static bool all_settled(void)
{
	return __atomic_load_n(&shared->begun, __ATOMIC_SEQ_CST) == ALL &&
	       state(shared->tids[0]) == 'Z' && state(shared->tids[VFORK_AT]) == 'D';
}

/* The thread that has all others stopped, once they have settled. It outlives them. */
static void *ask(void *first)
{
	pthread_t *threads = first;
	int status = 0;

	arrive(3);
	pid_t pid = fork();
	if (pid == 0) {
		arrive(6);
		while (!is_over())
			nap();
		syscall(__NR_exit_group, STATUS);
	}
	while (!all_settled())
		nap();
	syscall(__NR_getppid); /* the test stops all others here */
	__atomic_store_n(&shared->over, 1, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != STATUS)
		syscall(__NR_exit_group, 4);
	shared->result = shared->caught == 0 ? STATUS : 5;
	syscall(__NR_exit_group, 0);
	return NULL;
}

static void live(int go)
{
	static pthread_t threads[4];
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(1);
	arrive(0);
	pthread_create(&threads[0], NULL, compute, &shared->spins[0]);
	pthread_create(&threads[1], NULL, compute, &shared->spins[1]);
	pthread_create(&threads[2], NULL, wait_in_vfork, NULL);
	pthread_create(&threads[3], NULL, ask, threads);
	syscall(__NR_exit, 0); /* this thread, not the process */
}

static pid_t start(void)
{
	int go[2], status;

	memset(shared, 0, sizeof(*shared));
	if (pipe(go) != 0)
		abort();
	pid_t pid = fork();
	if (pid == 0)
		live(go[0]);
	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)(uintptr_t)EXEC_TRACE) != 0 ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0 ||
	    waitpid(pid, &status, __WALL) != pid || write(go[1], "", 1) != 1 ||
	    ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0)
		abort();
	close(go[0]);
	close(go[1]);
	return pid;
}

static void go_on(const struct thread *thread, int status)
{
	int signo =
		status >> 16 == 0 && WSTOPSIG(status) != (SIGTRAP | 0x80) ? WSTOPSIG(status) : 0;

	ptrace(PTRACE_SYSCALL, thread->tid, NULL, (void *)(intptr_t)signo);
}

/* Continues all until the thread of ask() is about to make that call, and leaves it stopped. */
static struct thread *next_asking(void)
{
	struct thread *thread;
	int status;

	while (threads_wait(&all, &thread, &status)) {
		struct __ptrace_syscall_info info = {.op = PTRACE_SYSCALL_INFO_NONE};

		if (thread == NULL)
			abort();
		ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, (void *)sizeof(info), &info);
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == __NR_getppid)
			return thread;
		go_on(thread, status);
	}
	return NULL;
}

/* All continue to their end. */
static void finish(const struct thread *own)
{
	struct thread *thread;
	int status;

	ptrace(PTRACE_SYSCALL, own->tid, NULL, NULL);
	while (threads_wait(&all, &thread, &status))
		go_on(thread, status);
}

/* Ends all of them early. */
static void end(pid_t pid, const struct thread *own)
{
	shared->over = 1; /* for its children */
	kill(pid, SIGKILL);
	finish(own);
}

static void test_hold(void)
{
	start();
	struct thread *own = next_asking();
	pid_t late = 0;
	unsigned stopped = 0;
	long spins;

	if (own == NULL)
		abort();
	tap_is_i64(threads_hold(&all, own, &late), 0,
		   "threads_hold() stops a process of %u threads and its children", THREADS);
	spins = shared->spins[0] + shared->spins[1];
	for (unsigned i = 1; i < ALL; i++)
		stopped += state(shared->tids[i]) == 't';
	tap_is_u64(stopped, ALL - 2, "every thread that could run is stopped");
	tap_ok(state(shared->tids[0]) == 'Z', "a first thread that has ended is not waited for");
	tap_ok(state(shared->tids[VFORK_AT]) == 'D',
	       "a thread in vfork() is left there, as its child is stopped");
	tap_ok(spins > 0 && spins == shared->spins[0] + shared->spins[1],
	       "no stopped thread computes");
	finish(own);
	tap_is_i64(shared->result, STATUS, "the threads continue, and notice nothing");
	tap_ok(all.threads == NULL && all.processes == NULL,
	       "no thread is recorded when all have ended");
}

static void test_again(void)
{
	pid_t pid = start(), late = 0;
	struct thread *own = next_asking();
	int error = threads_hold(&all, own, &late);

	for (unsigned i = 0; i < 3 && error == 0; i++)
		error = threads_hold(&all, own, &late);
	tap_is_i64(error, 0, "threads that are stopped can be stopped again");
	end(pid, own);
	tap_ok(all.threads == NULL, "no thread is recorded after its process was killed");
}

/* The test's own process is among those to stop, and cannot stop itself. */
static void test_late(void)
{
	pid_t pid = start(), late = 0;
	struct thread *own = next_asking();

	threads_get(&all, getpid());
	tap_is_i64(threads_hold(&all, own, &late), -ETIMEDOUT,
		   "a thread that does not stop is not waited for without end");
	tap_is_i64(late, getpid(), "a thread that does not stop is named");
	threads_ended(&all, getpid());
	int error = threads_hold(&all, own, &late);
	tap_is_i64(error, 0, "all others are stopped without the thread that does not stop");
	end(pid, own);
	threads_forget(&all);
}

int main(void)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		abort();
	test_hold();
	test_again();
	test_late();
	return tap_done();
}
