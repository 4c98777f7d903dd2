/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include "machine/link.h"
#include "tools/run/signals.h"
#include "tools/lab/suspend.h"
#include "tools/lab/terminal.h"

bool suspend_wanted(struct suspend *s, bool can_pause)
{
	if (can_pause && s->phase == SUSPEND_NOT) {
		s->phase = SUSPEND_WANTED;
		return false;
	}
	if (s->phase != SUSPEND_NOT)
		s->phase = SUSPEND_OVER;
	return true;
}

bool suspend_paused(struct suspend *s)
{
	bool asked = s->phase == SUSPEND_ASKED;

	s->phase = SUSPEND_OVER;
	return asked;
}

void suspend_cancel(struct suspend *s)
{
	if (s->phase == SUSPEND_WANTED)
		s->phase = SUSPEND_NOT;
	else if (s->phase == SUSPEND_ASKED)
		s->phase = SUSPEND_OVER;
}

uint8_t suspend_byte(struct suspend *s)
{
	switch (s->phase) {
	case SUSPEND_WANTED:
		s->phase = SUSPEND_ASKED;
		return LINK_PAUSE;
	case SUSPEND_OVER:
		s->phase = SUSPEND_NOT;
		return LINK_RESUME;
	default:
		return 0;
	}
}

void suspend_now(struct intake *in, pid_t board)
{
	terminal_restore();
	kill(board, SIGSTOP);
	signals_stop();
	kill(board, SIGCONT);
	if (in->consoles->attached != CONSOLE_NOBODY)
		terminal_raw();
	if (in->live != NULL)
		live_resized(in->live);
}
