/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_TERMINAL_H
#define TOOLS_TOP_TERMINAL_H

/* The user's terminal, through ncurses: shows pages, and reads keys. A process has one terminal. */
#include "tools/top/draw.h"

/*
 * Take the terminal over. From now on, signals that ask the process to end are events, and what is
 * written to standard error is shown by top_terminal_close(). false: standard input or output is no
 * terminal, or TERM names one that cannot show a screen; nothing was changed.
 */
bool top_terminal_open(void);

/* Give the terminal back as it was. */
void top_terminal_close(void);

struct top_size {
	unsigned columns, lines;
};
struct top_size top_terminal_size(void);

/* A terminal that takes no output now misses the page; TOP_EVENT_DRAW says when to try again. */
void top_terminal_show(const struct top_page *page);

enum top_event {
	TOP_EVENT_TIME, /* the time has come */
	TOP_EVENT_KEY,	/* *key is a character or one of enum top_key */
	TOP_EVENT_DRAW, /* the page has to be shown again, as the screen may have another size */
	TOP_EVENT_END,	/* a signal asks the process to end, or the terminal has gone */
};

/* Wait for an event, until a time on clock_now_ns(). */
enum top_event top_terminal_wait(uint64_t until_ns, int *key);

#endif
