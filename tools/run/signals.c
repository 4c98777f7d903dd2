/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "tools/run/heeded.h"
#include "tools/run/signals.h"

int signals_block(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH};
	sigset_t set;

	heeded(&set, numbers, sizeof(numbers) / sizeof(numbers[0]));
	/* SIGCONT continues a stopped process even if it is blocked. */
	sigaddset(&set, SIGCONT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

enum signals_event signals_read(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return SIGNALS_NONE;
	switch (info.ssi_signo) {
	case SIGWINCH:
		return SIGNALS_RESIZED;
	case SIGTSTP:
		return SIGNALS_STOP;
	case SIGCONT:
		return SIGNALS_CONTINUE;
	default:
		return SIGNALS_END;
	}
}

bool signals_continued(void)
{
	sigset_t waiting;

	return sigpending(&waiting) == 0 && sigismember(&waiting, SIGCONT) == 1;
}

void signals_stop(void)
{
	if (!signals_continued())
		raise(SIGSTOP);
}
