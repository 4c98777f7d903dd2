/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_SUSPEND_H
#define TOOLS_LAB_SUSPEND_H

/*
 * Ctrl-Z: the board stops with us. The VMM on KVM pauses its VMs before that, and lets them go on
 * after it (machine/link.h).
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "tools/lab/intake.h"

struct suspend {
	enum {
		SUSPEND_NOT,
		SUSPEND_WANTED, /* LINK_PAUSE is to be sent */
		SUSPEND_ASKED,	/* the record "paused" is to come */
		SUSPEND_OVER,	/* LINK_RESUME is to be sent */
	} phase;
};

/*
 * SIGTSTP. true: stop now, as the board cannot be paused, or has not been since the SIGTSTP before.
 */
bool suspend_wanted(struct suspend *s, bool can_pause);
/* The board is paused. true: stop now. */
bool suspend_paused(struct suspend *s);
/* SIGCONT before the stop: there will be none, and the board goes on if it was to pause. */
void suspend_cancel(struct suspend *s);
/* What is to be sent on LINK_CONTROL now; 0: nothing. */
uint8_t suspend_byte(struct suspend *s);

/*
 * Stop the board and ourselves, until SIGCONT, or not at all if it has come; the terminal is
 * meanwhile what it was. The table of --watch has been erased.
 */
void suspend_now(struct intake *in, pid_t board);

#endif
