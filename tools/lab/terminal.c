/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "tools/lab/terminal.h"

/*
 * Nothing here may block on a terminal that accepts no output, as after Ctrl-S. So use TCSANOW:
 * TCSADRAIN would wait for pending output, also for that of other processes. Output looks the same
 * in both modes.
 */

/* A process has one terminal, so these are global. A signal handler reads them. */
static struct termios cooked;
static volatile sig_atomic_t is_raw;
static const char *volatile undo;

void terminal_restore(void)
{
	const char *bytes = undo;

	if (bytes != NULL) {
		struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};

		undo = NULL;
		if (poll(&room, 1, 0) > 0 && (room.revents & POLLOUT) != 0) {
			ssize_t ignored = write(STDOUT_FILENO, bytes, strlen(bytes));
			(void)ignored;
		}
	}
	if (is_raw) {
		is_raw = 0;
		tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
	}
}

static void restore_and_die(int signal_number)
{
	terminal_restore();
	/* SA_RESETHAND has restored the default action, so this signal ends the process. */
	raise(signal_number);
}

/*
 * The signals that end the session in good order are not in this list: they are blocked and read.
 */
static void restore_on_exit(void)
{
	static const int deadly[] = {SIGSEGV, SIGBUS,  SIGILL,	  SIGFPE,  SIGABRT, SIGALRM,
				     SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU, SIGXFSZ};
	static bool done;
	struct sigaction action = {.sa_handler = restore_and_die, .sa_flags = (int)SA_RESETHAND};
	struct sigaction old;

	if (done)
		return;
	done = true;
	atexit(terminal_restore);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		if (sigaction(deadly[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(deadly[i], &action, NULL);
}

void terminal_raw(void)
{
	struct termios raw;

	if (is_raw || tcgetattr(STDIN_FILENO, &cooked) != 0)
		return;
	restore_on_exit();
	raw = cooked;
	cfmakeraw(&raw);
	raw.c_oflag |= OPOST; /* bare line feeds of guests, and our own lines, start on the left */
	is_raw = 1;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0)
		is_raw = 0;
}

void terminal_undo_with(const char *bytes)
{
	restore_on_exit();
	undo = bytes;
}
