/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_SIGNALS_H
#define TOOLS_RUN_SIGNALS_H

/*
 * The signals that end a lab, or concern its terminal. They are read from a descriptor, so that
 * they interrupt no system call. Signals that were ignored when the command started stay ignored.
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
 * Block these signals. Returns a descriptor to read them from; -1 and errno on failure. Call it
 * before QEMU is started.
 */
int signals_block(void);

/* The next pending event; SIGNALS_NONE: there is none. */
enum signals_event signals_read(int fd);

/*
 * Whether a SIGCONT is pending. It is newer than the last SIGTSTP: the kernel discards a pending
 * SIGTSTP when SIGCONT arrives, and the reverse.
 */
bool signals_continued(void);

/* Stop this process until SIGCONT, unless a SIGCONT is pending. */
void signals_stop(void);

#endif
