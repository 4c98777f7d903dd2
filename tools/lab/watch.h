/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_WATCH_H
#define TOOLS_LAB_WATCH_H

/*
 * Writes the live table of --watch as text. It does not use the terminal; the caller describes the
 * terminal's abilities.
 */
#include <stdio.h>
#include "tools/lab/ledger.h"

enum watch_part { WATCH_RUNNING, WATCH_STOLEN, WATCH_BLOCKED, WATCH_PARTS };

/* How to draw on this terminal. The strings may be empty. */
struct watch_look {
	unsigned int width; /* columns; no line is longer */
	unsigned int rows;  /* maximum height of the table; 0: no limit */
	const char *colour[WATCH_PARTS];
	const char *title;		/* begins the title and the heading */
	const char *plain;		/* ends each of these */
	const char *glyph[WATCH_PARTS]; /* one column wide */
};

struct watch_view {
	const char *name; /* of the lab */
	const struct ledger_shape *shape;
	const struct ledger *now;
	const struct ledger
		*before; /* start of the displayed interval; NULL: the start of the run */
};

/* Write the table; each line ends in '\n'. */
void watch_draw(const struct watch_view *view, const struct watch_look *look, FILE *out);

/* Write the same for programs, one line per vCPU; pvtime-lab(1) describes the fields. */
void watch_lines(const struct watch_view *view, FILE *out);

#endif
