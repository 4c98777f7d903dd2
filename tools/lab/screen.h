/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_SCREEN_H
#define TOOLS_LAB_SCREEN_H

/* A block of lines on standard output that is redrawn in place, by terminfo. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/lab/watch.h"

struct screen {
	FILE *out;	    /* standard output */
	unsigned int drawn; /* lines of the block that are on the terminal now */
	bool clear;	    /* the width has changed under them: start on an empty screen */
	struct watch_look look;
	char style[WATCH_PARTS + 2][32]; /* what `look` points to */
	char hide_cursor[32];
	char show_cursor[32];
};

/*
 * What is drawn is printed to `out`. false where standard output is no terminal that can do it:
 * TERM unknown or dumb.
 */
bool screen_open(struct screen *screen, FILE *out);

/* Ask for the size of the window again. */
void screen_resized(struct screen *screen);

/* Put `text`, whole lines, in the place of the block. */
void screen_draw(struct screen *screen, const char *text);

/* Take the block away, so that something else can be printed in its place. */
void screen_erase(struct screen *screen);

/* The block stays where it is, the cursor is below it and visible again. */
void screen_close(struct screen *screen);

#endif
