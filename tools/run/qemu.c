/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/run/qemu.h"

/* In the child. What goes wrong is written to `failure`, which exec() closes. */
static void become_qemu(const char *const *argv, const int ends[3], int failure, pid_t parent)
{
	sigset_t none;
	int error = 0;

	/* A session of its own: Ctrl-C is for the command, which then ends the lab in good order.
	 */
	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		error = errno;
	else if (getppid() != parent)
		error = EOWNERDEAD;
	for (int fd = 0; fd < 3 && error == 0; fd++)
		if (dup2(ends[fd], fd) < 0)
			error = errno;
	if (error == 0) {
		signal(SIGPIPE, SIG_DFL);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		/* exec() does not write to the strings, its type is older than const. */
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		error = errno;
	}
	while (write(failure, &error, sizeof(error)) < 0 && errno == EINTR)
		;
	_exit(127);
}

static void close_pipe(const int ends[2])
{
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

/* What exec() met, or 0 when it has closed the pipe. */
static int exec_result(int failure)
{
	int error = 0;
	ssize_t n;

	do
		n = read(failure, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(error) ? error : 0;
}

enum { INPUT, OUTPUT, ERRORS, FAILURE, PIPES };

static int start_on(struct qemu *qemu, const char *const *argv, int pipes[PIPES][2])
{
	const int ends[3] = {pipes[INPUT][0], pipes[OUTPUT][1], pipes[ERRORS][1]};
	pid_t parent = getpid();

	qemu->pid = fork();
	if (qemu->pid < 0)
		return errno;
	if (qemu->pid == 0)
		become_qemu(argv, ends, pipes[FAILURE][1], parent);
	close(pipes[FAILURE][1]);
	pipes[FAILURE][1] = -1;
	int error = exec_result(pipes[FAILURE][0]);
	if (error == 0) {
		qemu->pidfd = pidfd_open(qemu->pid, 0);
		if (qemu->pidfd < 0)
			error = errno;
	}
	if (error != 0) {
		kill(qemu->pid, SIGKILL);
		waitpid(qemu->pid, NULL, 0);
		return error;
	}
	/* Ours are kept, the child's are closed by the caller. */
	qemu->input = pipes[INPUT][1];
	qemu->output = pipes[OUTPUT][0];
	qemu->errors = pipes[ERRORS][0];
	fcntl(qemu->input, F_SETFL, O_NONBLOCK);
	fcntl(qemu->output, F_SETFL, O_NONBLOCK);
	fcntl(qemu->errors, F_SETFL, O_NONBLOCK);
	pipes[INPUT][1] = pipes[OUTPUT][0] = pipes[ERRORS][0] = -1;
	return 0;
}

int qemu_start_arguments(struct qemu *qemu, const char *const *argv)
{
	int pipes[PIPES][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	int error = 0;

	for (int i = 0; i < PIPES && error == 0; i++)
		if (pipe2(pipes[i], O_CLOEXEC) != 0)
			error = errno;
	if (error == 0)
		error = start_on(qemu, argv, pipes);
	for (int i = 0; i < PIPES; i++)
		close_pipe(pipes[i]);
	return error;
}

int qemu_end(struct qemu *qemu)
{
	int status = 0;

	/* No harm to one that has ended: it stays a zombie, and its id its own, until it is waited
	 * for. */
	kill(qemu->pid, SIGKILL);
	while (waitpid(qemu->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(qemu->pidfd);
	close(qemu->input);
	close(qemu->output);
	close(qemu->errors);
	return status;
}

void qemu_describe(int wait_status, char *text, size_t room)
{
	if (WIFSIGNALED(wait_status))
		snprintf(text, room, "of signal %d (%s)", WTERMSIG(wait_status),
			 strsignal(WTERMSIG(wait_status)));
	else
		snprintf(text, room, "with status %d", WEXITSTATUS(wait_status));
}
