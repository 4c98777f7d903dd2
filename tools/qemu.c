/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/bundle.h"
#include "tools/qemu.h"

struct arguments {
	const char *argv[48];
	size_t count;
	char text[5][96]; /* of those that are made here */
};

static void add(struct arguments *a, const char *argument)
{
	a->argv[a->count++] = argument;
}

static void add_pair(struct arguments *a, const char *option, const char *value)
{
	add(a, option);
	add(a, value);
}

/*
 * -no-reboot: a reset of the board ends the run; it would otherwise start over in the middle of the
 * stream. Semihosting stays off, as guests could use it too.
 */
static void board_arguments(struct arguments *a, const struct qemu_board *board)
{
	const struct lab *lab = board->lab;
	char(*text)[sizeof(a->text[0])] = a->text;

	snprintf(text[0], sizeof(text[0]), "%s%s", lab->cpu,
		 strcmp(lab->cpu, "max") == 0 ? ",pauth-impdef=on" : "");
	snprintf(text[1], sizeof(text[1]), "%" PRIu32, lab->pcpus);
	snprintf(text[2], sizeof(text[2]), "%" PRIu64 "M", lab_board_memory(lab) >> 20);
	snprintf(text[3], sizeof(text[3]), "/proc/self/fd/%d", board->bundle);
	snprintf(text[4], sizeof(text[4]), "%" PRIu64, lab->seed);

	add(a, QEMU_PROGRAM);
	add(a, "-no-user-config");
	add(a, "-nodefaults");
	add(a, "-no-reboot");
	add_pair(a, "-M", "virt,virtualization=on,gic-version=3");
	add_pair(a, "-accel", "tcg");
	add_pair(a, "-cpu", text[0]);
	add_pair(a, "-smp", text[1]);
	add_pair(a, "-m", text[2]);
	add_pair(a, "-nic", "none");
	add_pair(a, "-display", "none");
	add_pair(a, "-monitor", "none");
	add_pair(a, "-serial", "stdio");
	add_pair(a, "-kernel", board->hypervisor);
	add_pair(a, "-initrd", text[3]);
	add_pair(a, "-seed", text[4]);
	if (board->deterministic) {
		add_pair(a, "-icount", "shift=0,sleep=off");
		add_pair(a, "-rtc", "base=2026-01-01T00:00:00,clock=vm");
	}
	add(a, NULL);
}

/* In the child. What goes wrong is written to `failure`, which exec() closes. */
static void become_qemu(const struct qemu_board *board, const int ends[3], int failure,
			pid_t parent)
{
	struct arguments a = {.count = 0};
	sigset_t none;
	int error = 0;

	board_arguments(&a, board);
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
		execvp(QEMU_PROGRAM, (char *const *)(uintptr_t)a.argv);
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

static int start_on(struct qemu *qemu, const struct qemu_board *board, int pipes[PIPES][2])
{
	const int ends[3] = {pipes[INPUT][0], pipes[OUTPUT][1], pipes[ERRORS][1]};
	pid_t parent = getpid();

	qemu->pid = fork();
	if (qemu->pid < 0)
		return errno;
	if (qemu->pid == 0)
		become_qemu(board, ends, pipes[FAILURE][1], parent);
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

int qemu_start(struct qemu *qemu, const struct qemu_board *board)
{
	int pipes[PIPES][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	int error = 0;

	for (int i = 0; i < PIPES && error == 0; i++)
		if (pipe2(pipes[i], O_CLOEXEC) != 0)
			error = errno;
	if (error == 0)
		error = start_on(qemu, board, pipes);
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
