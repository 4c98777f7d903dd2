/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_SIGNALS_H
#define TOOLS_RUN_SIGNALS_H

/*
 * The signals that end a lab, or concern its terminal. They are read, so that they interrupt
 * nothing. Those that are ignored when the command starts are not among them.
 */
#include <stdbool.h>

enum signals_event {
	SIGNALS_NONE,
	SIGNALS_END,	  /* SIGINT, SIGTERM, SIGHUP, SIGQUIT */
	SIGNALS_STOP,	  /* SIGTSTP */
	SIGNALS_CONTINUE, /* SIGCONT */
	SIGNALS_RESIZED,  /* SIGWINCH */
};

/*
 * From now on they wait to be read from the descriptor that is returned; -1 and errno where that
 * cannot be. To be called before QEMU is started.
 */
int signals_block(void);

/* The next one; SIGNALS_NONE: there is none now. */
enum signals_event signals_read(int fd);

/*
 * Whether there has been a SIGCONT that is not read yet. It came after the last SIGTSTP: each takes
 * the other one away.
 */
bool signals_continued(void);

/* Stop until SIGCONT; not where there has been one. */
void signals_stop(void);

#endif
