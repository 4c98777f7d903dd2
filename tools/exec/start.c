/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/exec/start.h"
#include "tools/exec/tracer.h"
#include "tools/report.h"

#define YAMA "/proc/sys/kernel/yama/ptrace_scope"

/*
 * The two processes send one int each way. Whichever sees the other end closed knows that the other
 * process is gone.
 */
static bool send_int(int fd, int value)
{
	return send(fd, &value, sizeof(value), MSG_NOSIGNAL) == (ssize_t)sizeof(value);
}

static bool receive_int(int fd, int *value)
{
	ssize_t n;

	do
		n = recv(fd, value, sizeof(*value), MSG_WAITALL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*value);
}

/*
 * Detach this process from the VMM's world. Of the inherited files it keeps only standard error and
 * the socket, so that a pipe that the VMM closes really is closed. Signals from the terminal, or
 * from a process that ends the VMM, reach the VMM only. Returns the socket's descriptor, or -1.
 */
static int be_apart(int socket)
{
	sigset_t all;
	int null = open("/dev/null", O_RDWR);

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGCHLD,
	       SIG_DFL); /* even if it was inherited as ignored: threads_hold() waits for it */
	setsid();
	if (null < 0 || chdir("/") != 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0)
		return -1;
	if (socket != STDERR_FILENO + 1) {
		if (dup2(socket, STDERR_FILENO + 1) < 0)
			return -1;
		socket = STDERR_FILENO + 1;
	}
	closefrom(socket + 1);
	return socket;
}

/* Copy the pipe to standard error, however long that takes. */
static void reporter_process(int from)
{
	char text[4096];
	ssize_t n;

	from = be_apart(from);
	while (from >= 0 && (n = read(from, text, sizeof(text))) > 0)
		for (ssize_t done = 0, put; done < n; done += put) {
			put = write(STDERR_FILENO, text + done, (size_t)(n - done));
			if (put < 0)
				_exit(1);
		}
	_exit(0);
}

/*
 * From now on, a process of its own writes the reports of this process and its children to standard
 * error. Standard error belongs to the VMM as well and may be a full pipe, and a process that has
 * stopped a vCPU must not wait for it. Reports that do not fit into the pipe between the two (64
 * KiB) are lost.
 */
static int fork_reporter(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -errno;
	pid_t reporter = fork();
	if (reporter == 0)
		reporter_process(ends[0]);
	close(ends[0]);
	if (reporter < 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0 ||
	    dup2(ends[1], STDERR_FILENO) < 0)
		return -errno;
	close(ends[1]);
	return 0;
}

static void tracer_process(pid_t vmm, int socket, const struct exec_job *job)
{
	int go;

	socket = be_apart(socket);
	if (socket < 0 || !send_int(socket, getpid()) || !receive_int(socket, &go))
		_exit(1);
	int error = tracer_begin(vmm, job->filtered);
	if (!send_int(socket, error) || error != 0)
		_exit(1);
	close(socket);
	tracer_serve(job);
	_exit(0);
}

/* Forks twice, so that a VMM that waits for its children does not find the tracer among them. */
static int fork_tracer(int sockets[2], const struct exec_job *job)
{
	pid_t vmm = getpid(), between = fork();
	int status;

	if (between < 0)
		return -errno;
	if (between == 0) {
		int error = fork_reporter();
		pid_t tracer = error == 0 ? fork() : -1;

		if (tracer == 0) {
			close(sockets[0]);
			tracer_process(vmm, sockets[1], job);
		}
		_exit(tracer > 0 ? 0 : error != 0 ? -error : errno);
	}
	/*
	 * If SIGCHLD is ignored, the process is gone without a status; the socket reports what is
	 * missing.
	 */
	while (waitpid(between, &status, 0) != between)
		if (errno != EINTR)
			return errno == ECHILD ? 0 : -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

/* With Yama, only ancestors may trace a process, and the tracer that it names (PR_SET_PTRACER). */
static int be_watched(int socket)
{
	int tracer, error = -EPIPE;

	if (!receive_int(socket, &tracer))
		return error;
	prctl(PR_SET_PTRACER, (unsigned long)tracer, 0, 0, 0);
	if (!send_int(socket, 0) || !receive_int(socket, &error))
		error = -EPIPE;
	prctl(PR_SET_PTRACER, 0, 0, 0, 0);
	return error;
}

static void tell_why(int error)
{
	char scope = '?';
	int fd = open(YAMA, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, &scope, 1) != 1)
			scope = '?';
		close(fd);
	}
	if (error == -EPERM && scope >= '2')
		report("exec: cannot trace the VMM: " YAMA " is %c; expected 0 or 1%s", scope,
		       scope == '2' ? ", or CAP_SYS_PTRACE" : "");
	else if (error == -EPERM)
		report("exec: cannot trace the VMM: ptrace is not permitted, or another process already traces this one");
	else
		report("exec: cannot trace the VMM: %s", strerror(-error));
}

bool start_tracer(const struct exec_job *job)
{
	int sockets[2];
	int error;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
		tell_why(-errno);
		return false;
	}
	error = fork_tracer(sockets, job);
	close(sockets[1]);
	if (error == 0)
		error = be_watched(sockets[0]);
	close(sockets[0]);
	if (error != 0)
		tell_why(error);
	return error == 0;
}
