/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/run/qemu.h"
#include "tools/run/spawn.h"

static void close_pipe(const int ends[2])
{
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

enum { INPUT, OUTPUT, ERRORS, PIPES };

static int start_on(struct qemu *qemu, const char *const *argv, int pipes[PIPES][2])
{
	const int ends[3] = {pipes[INPUT][0], pipes[OUTPUT][1], pipes[ERRORS][1]};
	/* Apart: Ctrl-C is for the command, which then ends the lab in good order. */
	int error = spawn(argv, ends, true, &qemu->pid);

	if (error != 0)
		return error;
	qemu->pidfd = pidfd_open(qemu->pid, 0);
	if (qemu->pidfd < 0) {
		error = errno;
		kill(qemu->pid, SIGKILL);
		spawn_wait(qemu->pid);
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
	int pipes[PIPES][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
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
	/* No harm to one that has ended: it stays a zombie, and its id its own, until it is waited
	 * for. */
	kill(qemu->pid, SIGKILL);
	int status = spawn_wait(qemu->pid);
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
