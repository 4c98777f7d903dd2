/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_SCREEN_H
#define TOOLS_LAB_SCREEN_H

/* A block of lines on standard output that is redrawn in place, with terminfo. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/lab/watch.h"

struct screen {
	FILE *out;	    /* standard output */
	unsigned int drawn; /* lines of the block that are on the terminal now */
	bool clear;	    /* the width has changed: clear the screen before drawing again */
	struct watch_look look;
	char style[WATCH_PARTS + 2][32]; /* the strings that `look` points to */
	char hide_cursor[32];
	char show_cursor[32];
};

/*
 * Draw on `out`. false: standard output is not a terminal, or TERM is dumb, unknown, or lacks a
 * needed capability.
 */
bool screen_open(struct screen *screen, FILE *out);

/* Query the window's size again. */
void screen_resized(struct screen *screen);

/* Replace the block by `text`, which consists of whole lines. */
void screen_draw(struct screen *screen, const char *text);

/* Erase the block, so that something else can be printed in its place. */
void screen_erase(struct screen *screen);

/* Leave the block on the terminal, and show the cursor below it. */
void screen_close(struct screen *screen);

#endif
