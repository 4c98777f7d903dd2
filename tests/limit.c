/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * limit SECONDS COMMAND [ARGUMENT...]: run a command, and end it with all that it has started if it
 * takes too long. The seconds are those of a machine that has nothing else to do
 * (tools/run/patience.h): no test fails because other processes use the CPUs.
 *
 * The command is a process group of its own, which gets SIGTERM first; 15 s later all that is left
 * gets SIGKILL. Processes that the command leaves behind when it ends are killed as well. limit
 * exits with the command's status, or with 124 if the command took too long.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tools/run/patience.h"

#define GRACE_S	 15
#define TOO_LATE 124
#define UNABLE	 125

static const int asked[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};

/* Returns the signals that limit waits for, which are blocked from here on. */
static sigset_t block_signals(sigset_t *before)
{
	struct sigaction action;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		/* A signal that is ignored, as by nohup(1), stays ignored. */
		if (sigaction(asked[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&set, asked[i]);
	sigprocmask(SIG_BLOCK, &set, before);
	return set;
}

static pid_t start(char *const command[], const sigset_t *mask)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		sigprocmask(SIG_SETMASK, mask, NULL);
		execvp(command[0], command);
		fprintf(stderr, "limit: %s: %s\n", command[0], strerror(errno));
		_exit(errno == ENOENT ? 127 : 126);
	}
	if (pid > 0)
		setpgid(pid, pid); /* both set it: either may be first */
	return pid;
}

/*
 * Wait for all children that have ended. Returns whether the command is one of them, with its
 * status. Orphans of the command are children of this process.
 */
static bool reap(pid_t command, int *status)
{
	bool ended = false;
	int how;
	pid_t pid;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0) {
		if (pid == command) {
			ended = true;
			*status = how;
		}
	}
	return ended;
}

/*
 * Kill all processes that are left. New ones show only by looking again; none is left when this
 * process has no child.
 */
static void kill_all(void)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
		if (pid > 0)
			continue;
		patience_kill(getpid());
		nanosleep(&pause, NULL);
	}
}

/*
 * Waits until the command has ended (returns 0), the patience is over (-1), or a signal asks limit
 * to end (its number).
 */
static int wait_for(pid_t command, const sigset_t *set, unsigned seconds, int *status)
{
	const struct timespec pause = {.tv_nsec = PATIENCE_LOOK_MS * 1000000};
	struct patience patience;

	patience_begin(&patience, getpid(), seconds);
	for (;;) {
		int signal = sigtimedwait(set, NULL, &pause);

		if (signal == SIGCHLD && reap(command, status))
			return 0;
		if (signal > 0 && signal != SIGCHLD)
			return signal;
		if (patience_is_over(&patience))
			return -1;
	}
}

/* End in the way in which the command has ended. */
static int end_like(int status)
{
	const struct rlimit no_core = {0, 0};
	sigset_t set;

	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	setrlimit(RLIMIT_CORE, &no_core);
	signal(WTERMSIG(status), SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, WTERMSIG(status));
	raise(WTERMSIG(status));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return 128 + WTERMSIG(status);
}

int main(int argc, char *argv[])
{
	char *end = NULL;
	unsigned long seconds = argc >= 3 ? strtoul(argv[1], &end, 10) : 0;
	sigset_t set, before;
	int status = 0;

	if (seconds == 0 || seconds > 1000000 || *end != '\0') {
		fprintf(stderr, "usage: limit SECONDS COMMAND [ARGUMENT...]\n");
		return UNABLE;
	}
	set = block_signals(&before);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	pid_t command = start(argv + 2, &before);
	if (command < 0) {
		fprintf(stderr, "limit: fork: %s\n", strerror(errno));
		return UNABLE;
	}
	int why = wait_for(command, &set, (unsigned)seconds, &status);
	if (why < 0)
		fprintf(stderr, "limit: %s has not ended within %lu s\n", argv[2], seconds);
	if (why != 0) {
		kill(-command, SIGTERM);
		kill(-command, SIGCONT);
		wait_for(command, &set, GRACE_S, &status);
	}
	kill_all();
	return why == 0 ? end_like(status) : why < 0 ? TOO_LATE : 128 + why;
}
