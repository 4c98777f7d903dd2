/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <time.h>
#include "tools/top/signals.h"

static volatile sig_atomic_t asked_to_end, asked_to_stop, resized;

/* The signals, and what they did before. */
static struct {
	int number;
	struct sigaction before;
} signals[] = {{.number = SIGINT},  {.number = SIGTERM},  {.number = SIGHUP},
	       {.number = SIGQUIT}, {.number = SIGWINCH}, {.number = SIGTSTP}};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))
static sigset_t outside; /* the signals that were blocked before */

static void take_signal(int number)
{
	if (number == SIGWINCH)
		resized = 1;
	else if (number == SIGTSTP)
		asked_to_stop = 1;
	else
		asked_to_end = 1;
}

/*
 * ncurses leaves those signals alone that have a handler when it starts. It would lose a SIGTSTP
 * that comes while it draws. Where SIGTSTP is ignored, no shell would continue the process.
 */
void top_signals_take(void)
{
	struct sigaction action = {.sa_handler = take_signal};
	sigset_t inside;

	sigemptyset(&action.sa_mask);
	sigemptyset(&inside);
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaddset(&inside, signals[i].number);
		sigaction(signals[i].number, NULL, &signals[i].before);
		if (signals[i].number != SIGTSTP || signals[i].before.sa_handler != SIG_IGN)
			sigaction(signals[i].number, &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &inside, &outside);
}

void top_signals_return(void)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i].number, &signals[i].before, NULL);
	sigprocmask(SIG_SETMASK, &outside, NULL);
}

int top_signals_wait(struct pollfd files[], nfds_t count, uint64_t left_ns)
{
	const struct timespec timeout = {.tv_sec = (time_t)(left_ns / 1000000000),
					 .tv_nsec = (long)(left_ns % 1000000000)};

	return ppoll(files, count, &timeout, &outside);
}

bool top_signals_end(void)
{
	return asked_to_end;
}

static bool take(volatile sig_atomic_t *flag)
{
	bool was = *flag;

	*flag = 0;
	return was;
}

bool top_signals_stop(void)
{
	return take(&asked_to_stop);
}

bool top_signals_resized(void)
{
	return take(&resized);
}

/* The window may get another size meanwhile; only processes in the foreground are told. */
void top_signals_suspend(void)
{
	struct sigaction usual = {.sa_handler = SIG_DFL}, ours;
	sigset_t tstp;

	sigemptyset(&usual.sa_mask);
	sigemptyset(&tstp);
	sigaddset(&tstp, SIGTSTP);
	sigaction(SIGTSTP, &usual, &ours);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &tstp, NULL); /* stops here */
	sigprocmask(SIG_BLOCK, &tstp, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	resized = 1;
}
