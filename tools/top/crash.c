/* SPDX-License-Identifier: BSD-2-Clause */
#include <curses.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "tools/top/crash.h"
#include <term.h>

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* What the handler writes, and the modes before the screen. */
static char farewell[256];
static struct termios modes;
static bool have_modes;

/* Append one of terminfo's strings, without its padding, "$<MS>", which only old terminals need. */
static void append(const char *string)
{
	size_t n = strlen(farewell);

	for (; string != NULL && *string != '\0' && n < sizeof(farewell) - 1; string++) {
		const char *end = strncmp(string, "$<", 2) == 0 ? strchr(string, '>') : NULL;

		if (end != NULL)
			string = end;
		else
			farewell[n++] = *string;
	}
	farewell[n] = '\0';
}

/* The action is the default one again, so raise() ends the process. */
static void crashed(int number)
{
	if (write(STDOUT_FILENO, farewell, strlen(farewell)) >= 0 && have_modes)
		tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	raise(number);
}

void top_crash_prepare(void)
{
	struct sigaction action = {.sa_handler = crashed,
				   .sa_flags = (int)SA_RESETHAND | SA_NODEFER};

	farewell[0] = '\0';
	append(exit_attribute_mode);
	append(keypad_local);
	append(exit_ca_mode);
	append(cursor_normal);
	have_modes = tcgetattr(STDIN_FILENO, &modes) == 0;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &action, NULL);
}

void top_crash_forget(void)
{
	for (size_t i = 0; i < SIGNALS; i++)
		signal(signals[i], SIG_DFL);
}
