/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_SUSPEND_H
#define TOOLS_LAB_SUSPEND_H

/*
 * Ctrl-Z stops the board together with this process. The VMM on KVM pauses its VMs before that, and
 * resumes them afterwards (machine/link.h).
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "tools/lab/intake.h"

struct suspend {
	enum {
		SUSPEND_NOT,
		SUSPEND_WANTED, /* LINK_PAUSE must be sent */
		SUSPEND_ASKED,	/* waiting for the record "paused" */
		SUSPEND_OVER,	/* LINK_RESUME must be sent */
	} phase;
};

/*
 * Handle SIGTSTP. true: stop now, because the board cannot be paused, or has not paused since the
 * previous SIGTSTP.
 */
bool suspend_wanted(struct suspend *s, bool can_pause);
/* Handle the record "paused". true: stop now. */
bool suspend_paused(struct suspend *s);
/*
 * Handle a SIGCONT that arrives before the stop: do not stop, and resume the board if it was asked
 * to pause.
 */
void suspend_cancel(struct suspend *s);
/* The byte to send on LINK_CONTROL now; 0: none. */
uint8_t suspend_byte(struct suspend *s);

/*
 * Stop the board and this process until SIGCONT, unless one is pending. Meanwhile the terminal has
 * its original mode. The caller has erased the table of --watch.
 */
void suspend_now(struct intake *in, pid_t board);

#endif
