/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ctrl-Z: what is sent to a board that can pause, and when the command stops, in every order of
 * events.
 */
#include "machine/link.h"
#include "tests/tap.h"
#include "tools/run/signals.h"
#include "tools/lab/suspend.h"
#include "tools/lab/terminal.h"

/* suspend_now() is not called here: tests/tools/signals.t and tests/kvm/lab_paused.t do. */
void terminal_restore(void)
{
}

void terminal_raw(void)
{
}

void live_resized(struct live *live)
{
	(void)live;
}

void signals_stop(void)
{
}

static void pausing(void)
{
	struct suspend s = {0};

	tap_is_u64(suspend_byte(&s), 0, "nothing is sent before SIGTSTP");
	for (int i = 0; i < 2; i++) {
		tap_ok(!suspend_wanted(&s, true), "a board that can pause is not stopped yet");
		tap_is_u64(suspend_byte(&s), LINK_PAUSE, "the board is asked to pause");
		tap_is_u64(suspend_byte(&s), 0, "the board is asked to pause once");
		tap_ok(suspend_paused(&s), "the command stops when the board is paused");
		tap_is_u64(suspend_byte(&s), LINK_RESUME,
			   "the board is asked to resume after a stop");
		tap_is_u64(suspend_byte(&s), 0, "the board is asked to resume once");
	}
}

static void at_once(void)
{
	struct suspend s = {0};

	tap_ok(suspend_wanted(&s, false), "a board that cannot pause is stopped as it is");
	tap_is_u64(suspend_byte(&s), 0, "a board that cannot pause is not asked to");
	suspend_wanted(&s, true);
	suspend_byte(&s);
	tap_ok(suspend_wanted(&s, true), "a second SIGTSTP does not wait for the board");
	tap_is_u64(suspend_byte(&s), LINK_RESUME,
		   "after a second SIGTSTP the board is asked to resume");
	tap_ok(!suspend_paused(&s), "a board that is paused late does not stop the command");
	tap_is_u64(suspend_byte(&s), LINK_RESUME, "a board that is paused late is asked to resume");
	tap_ok(!suspend_wanted(&s, true), "the next SIGTSTP begins anew");
}

static void cancelled(void)
{
	struct suspend s = {0};

	suspend_wanted(&s, true);
	suspend_cancel(&s);
	tap_is_u64(suspend_byte(&s), 0,
		   "SIGCONT before the board is asked to pause: the board is not asked");
	suspend_wanted(&s, true);
	tap_is_u64(suspend_byte(&s), LINK_PAUSE, "after SIGCONT the next SIGTSTP begins anew");
	suspend_cancel(&s);
	tap_is_u64(suspend_byte(&s), LINK_RESUME,
		   "SIGCONT before the board is paused: the board is asked to resume");
	tap_ok(!suspend_paused(&s),
	       "SIGCONT before the board is paused: the command does not stop");
	suspend_byte(&s);
	suspend_cancel(&s);
	tap_is_u64(suspend_byte(&s), 0, "SIGCONT without SIGTSTP does nothing");
}

int main(void)
{
	pausing();
	at_once();
	cancelled();
	return tap_done();
}
