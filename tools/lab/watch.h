/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_WATCH_H
#define TOOLS_LAB_WATCH_H

/* The live table of --watch as text. Pure: what the terminal can do is told, not asked. */
#include <stdio.h>
#include "tools/lab/ledger.h"

enum watch_part { WATCH_RUNNING, WATCH_STOLEN, WATCH_BLOCKED, WATCH_PARTS };

/* How things look on this terminal. The strings may be empty. */
struct watch_look {
	unsigned int width; /* columns; no line is longer */
	unsigned int rows;  /* the table's height at most; 0: as many as it takes */
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
		*before; /* bars and percentages are since then; NULL: since the start */
};

/* The table: lines that end in '\n'. */
void watch_draw(const struct watch_view *view, const struct watch_look *look, FILE *out);

/* The same for programs, one line per vCPU: pvtime-lab(1) gives the fields. */
void watch_lines(const struct watch_view *view, FILE *out);

#endif
