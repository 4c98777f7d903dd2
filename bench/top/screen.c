/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load screen COMMAND...: run the command on a terminal of 80 columns and 24 lines, and discard
 * what it draws. It prints "process PID".
 */
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench/top/load.h"

void run_on_screen(char **words)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	char drawn[4096];
	int terminal;
	pid_t child = must(forkpty(&terminal, NULL, NULL, &size), "forkpty");

	if (child == 0) {
		setenv("TERM", "linux", 1);
		execvp(words[0], words);
		err(3, "%s", words[0]);
	}
	printf("process %d\n", (int)child);
	fflush(stdout);
	while (read(terminal, drawn, sizeof(drawn)) > 0)
		;
	must(waitpid(child, NULL, 0), "waitpid");
}
