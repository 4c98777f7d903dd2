/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/run/process.h"
#include "tools/run/spawn.h"

static void close_pipe(const int ends[2])
{
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

enum { INPUT, OUTPUT, ERRORS, PIPES };

/* The process runs either a program or a function. */
struct work {
	const char *const *argv; /* NULL: run `body` */
	int (*body)(void *);
	void *argument;
};

static int start_on(struct process *process, const struct work *work, int pipes[PIPES][2])
{
	const int ends[3] = {pipes[INPUT][0], pipes[OUTPUT][1], pipes[ERRORS][1]};
	/*
	 * In a session of its own: Ctrl-C reaches only the command, which then ends the lab in good
	 * order.
	 */
	int error = work->argv != NULL
			    ? spawn(work->argv, ends, true, &process->pid)
			    : spawn_call(work->body, work->argument, ends, &process->pid);

	if (error != 0)
		return error;
	process->name = "QEMU";
	process->pidfd = pidfd_open(process->pid, 0);
	if (process->pidfd < 0) {
		error = errno;
		kill(process->pid, SIGKILL);
		spawn_wait(process->pid);
		return error;
	}
	/* Keep our ends of the pipes; the caller closes the child's ends. */
	process->input = pipes[INPUT][1];
	process->output = pipes[OUTPUT][0];
	process->errors = pipes[ERRORS][0];
	fcntl(process->input, F_SETFL, O_NONBLOCK);
	fcntl(process->output, F_SETFL, O_NONBLOCK);
	fcntl(process->errors, F_SETFL, O_NONBLOCK);
	pipes[INPUT][1] = pipes[OUTPUT][0] = pipes[ERRORS][0] = -1;
	return 0;
}

static int start(struct process *process, const struct work *work)
{
	int pipes[PIPES][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
	int error = 0;

	for (int i = 0; i < PIPES && error == 0; i++)
		if (pipe2(pipes[i], O_CLOEXEC) != 0)
			error = errno;
	if (error == 0)
		error = start_on(process, work, pipes);
	for (int i = 0; i < PIPES; i++)
		close_pipe(pipes[i]);
	return error;
}

int process_start(struct process *process, const char *const *argv)
{
	const struct work work = {.argv = argv};

	return start(process, &work);
}

int process_call(struct process *process, int (*body)(void *), void *argument)
{
	const struct work work = {.body = body, .argument = argument};

	return start(process, &work);
}

int process_end(struct process *process)
{
	/*
	 * This is safe if the process has ended: it keeps its id, as a zombie, until spawn_wait().
	 */
	kill(process->pid, SIGKILL);
	int status = spawn_wait(process->pid);
	close(process->pidfd);
	close(process->input);
	close(process->output);
	close(process->errors);
	return status;
}

void process_describe(int wait_status, char *text, size_t room)
{
	if (WIFSIGNALED(wait_status))
		snprintf(text, room, "of signal %d (%s)", WTERMSIG(wait_status),
			 strsignal(WTERMSIG(wait_status)));
	else
		snprintf(text, room, "with status %d", WEXITSTATUS(wait_status));
}
