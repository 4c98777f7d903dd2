/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/run/child.h"

static bool put(int fd, const char *path, int flags)
{
	int file = open(path != NULL ? path : "/dev/null", flags | O_CLOEXEC, 0666);

	return file >= 0 && dup2(file, fd) >= 0;
}

/* In the child. What goes wrong is written to `failure`, which exec() closes. */
static void become(const char *const argv[], const char *output, const char *errors, int failure,
		   pid_t parent)
{
	int error = 0;
	ssize_t n;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || !put(STDIN_FILENO, NULL, O_RDONLY) ||
	    !put(STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC) ||
	    !put(STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC))
		error = errno;
	else if (getppid() != parent)
		error = EOWNERDEAD;
	if (error == 0) {
		/* exec() does not write to the strings, its type is older than const. */
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		error = errno;
	}
	do
		n = write(failure, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	_exit(127);
}

static int await(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
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

/* Whether it has ended in time. No signal is handled here that would cut the waiting short. */
static bool ends_within(pid_t pid, unsigned seconds)
{
	struct pollfd fd = {.fd = pidfd_open(pid, 0), .events = POLLIN};
	int n = 0;

	if (fd.fd < 0)
		return false;
	n = poll(&fd, 1, (int)(seconds * 1000));
	close(fd.fd);
	return n > 0;
}

enum child_end child_run(const char *const argv[], const char *output, const char *errors,
			 unsigned seconds, int *wait_status)
{
	pid_t parent = getpid();
	int failure[2];

	if (pipe2(failure, O_CLOEXEC) != 0)
		return CHILD_NONE;
	pid_t pid = fork();
	if (pid == 0)
		become(argv, output, errors, failure[1], parent);
	close(failure[1]);
	int error = pid < 0 ? errno : exec_result(failure[0]);
	close(failure[0]);
	if (error != 0) {
		if (pid > 0)
			await(pid);
		errno = error;
		return CHILD_NONE;
	}
	bool ended = ends_within(pid, seconds);
	if (!ended)
		kill(pid, SIGKILL);
	*wait_status = await(pid);
	return ended ? CHILD_ENDED : CHILD_LATE;
}
