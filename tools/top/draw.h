/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_DRAW_H
#define TOOLS_TOP_DRAW_H

/* Draws a screen: a function of the rows, of the view and of the screen's size. */
#include "tools/top/line.h"
#include "tools/top/rows.h"
#include "tools/top/view.h"

/* The lines of a screen; none is wider than it, and there are never more than it has. */
struct top_page {
	struct top_line *line; /* room + 1: the last is for what finds no room, and is not shown */
	size_t count, room;
};

/* The words for rows of a kind, such as "vCPUs". */
const char *top_kind_word(enum top_kind kind);

/* The rows of the table that such a screen shows, without a pane. */
size_t top_draw_rows(unsigned lines);

/* false: out of memory. Free page->line in either case. */
bool top_draw(struct top_page *page, const struct top_rows *rows, const struct top_view *view,
	      unsigned columns, unsigned lines);

/* Append an empty line to the page; if that is full, the line is not shown. */
struct top_line *top_page_line(struct top_page *page, unsigned columns, enum top_style style);

/* Append what is known of one row to the page, in at most `lines` lines. */
void top_pane(struct top_page *page, const struct top_rows *rows, const struct top_row *row,
	      unsigned columns, size_t lines);

#endif
