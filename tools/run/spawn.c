/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/run/spawn.h"

/* Runs in the child. Returns 0 or an errno. */
static int prepare(const int ends[3], bool apart, pid_t parent)
{
	sigset_t none;

	if (apart)
		setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return errno;
	/* The parent may have ended before prctl(). */
	if (getppid() != parent)
		return EOWNERDEAD;
	for (int fd = 0; fd < 3; fd++)
		if (dup2(ends[fd], fd) < 0)
			return errno;
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

/* Runs in the child. An errno is written to `failure`; a successful exec() closes it. */
static void become(const char *const *argv, int error, int failure)
{
	if (error == 0) {
		/* exec() does not write to the strings; its prototype is older than const. */
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		error = errno;
	}
	while (write(failure, &error, sizeof(error)) < 0 && errno == EINTR)
		;
	_exit(127);
}

/* exec()'s errno; 0 if exec() succeeded, which closes the pipe. */
static int exec_result(int failure)
{
	int error = 0;
	ssize_t n;

	do
		n = read(failure, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(error) ? error : 0;
}

int spawn_wait(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

int spawn(const char *const *argv, const int ends[3], bool apart, pid_t *pid)
{
	pid_t parent = getpid();
	int failure[2];

	if (pipe2(failure, O_CLOEXEC) != 0)
		return errno;
	/*
	 * If SIGCHLD were ignored, the kernel would reap the child at once and could reuse its id.
	 */
	signal(SIGCHLD, SIG_DFL);
	*pid = fork();
	if (*pid == 0)
		become(argv, prepare(ends, apart, parent), failure[1]);
	int error = *pid < 0 ? errno : 0;
	close(failure[1]);
	if (error == 0) {
		error = exec_result(failure[0]);
		if (error != 0)
			spawn_wait(*pid);
	}
	close(failure[0]);
	return error;
}

int spawn_call(int (*body)(void *), void *argument, const int ends[3], pid_t *pid)
{
	pid_t parent = getpid();

	signal(SIGCHLD, SIG_DFL);
	*pid = fork();
	if (*pid == 0) {
		int error = prepare(ends, true, parent);
		/* Among these are the other ends of its own pipes. */
		closefrom(3);
		_exit(error == 0 ? body(argument) : 127);
	}
	return *pid < 0 ? errno : 0;
}
