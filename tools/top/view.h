/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_VIEW_H
#define TOOLS_TOP_VIEW_H

/* How the user wants to see the rows: what the keys change. */
#include "tools/top/rows.h"

#define TOP_FILTER 64u /* bytes */

/* Keys that are no characters. */
enum top_key {
	TOP_KEY_ENTER = '\n',
	TOP_KEY_ESCAPE = 0x1b,
	TOP_KEY_ERASE = 0x7f,
	TOP_KEY_UP = 256,
	TOP_KEY_DOWN,
	TOP_KEY_PAGE_UP,
	TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME,
	TOP_KEY_END,
};

struct top_view {
	enum top_kind kind; /* of the rows */
	bool paused;
	bool pane; /* what is known of the selected row is shown below the table */
	unsigned sort;
	bool reversed;
	bool typing; /* keys are characters of the filter */
	char filter[TOP_FILTER];
	/* The selected row; 0: the first one. If that row has gone, the one at `place`. */
	uint32_t process, thread;
	size_t place;
	size_t page; /* rows that Page Up and Page Down move by */
};

/* By stolen time. */
void top_view_begin(struct top_view *view, enum top_kind kind);

/* The kind of rows that the key 'v' leads to. */
enum top_kind top_view_next(const struct top_view *view);

/* Act on a key. false: the user wants to quit. */
bool top_view_key(struct top_view *view, int key, const struct top_rows *rows);

/* The rows that the filter and the choice leave, in order. Parts are those that rows->parts has. */
struct top_list {
	const struct top_row **row;
	size_t count;
	size_t selected; /* an index, or 0 if the list is empty */
};

/* false: out of memory. Free row[] in either case. */
bool top_view_list(struct top_list *list, const struct top_view *view, const struct top_rows *rows);

#endif
