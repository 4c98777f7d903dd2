/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "tools/report.h"
#include "tools/top/live.h"
#include "tools/top/part.h"
#include "tools/top/terminal.h"

/* A sample and its rows, which point into it. */
struct measured {
	struct top_sample sample;
	struct top_rows rows;
};

struct live {
	struct top_intervals *intervals;
	const struct top_choice *choice;
	struct top_cgroups cgroups;
	struct top_view view;
	struct measured now;
	struct measured shown; /* an older one, while the view is paused */
	bool frozen;	       /* `shown` is valid */
};

static void drop(struct measured *measured)
{
	top_rows_free(&measured->rows);
	top_sample_free(&measured->sample);
}

/* While the view is paused, the intervals go on, so that the next one is not longer. */
static bool measure(struct live *live)
{
	struct measured next = {.sample = {.threads = NULL}};

	if (!top_intervals_end(live->intervals, &next.sample))
		return false;
	if (!top_rows_make(&next.rows, &next.sample, live->choice, &live->cgroups)) {
		report("top: %m");
		top_sample_free(&next.sample);
		return false;
	}
	if (live->view.paused && !live->frozen) {
		live->shown = live->now;
		live->frozen = true;
	} else {
		drop(&live->now);
	}
	live->now = next;
	return true;
}

static struct top_rows *rows_of(struct live *live)
{
	return live->frozen ? &live->shown.rows : &live->now.rows;
}

static bool draw(struct live *live)
{
	struct top_size size = top_terminal_size();
	struct top_page page;

	if (live->frozen && !live->view.paused) {
		drop(&live->shown);
		live->frozen = false;
	}
	live->view.page = top_draw_rows(size.lines) > 1 ? top_draw_rows(size.lines) : 1;
	/* A table of VMs or vCPUs by itself names no cgroup. */
	if (live->view.pane || live->view.kind >= TOP_ROW_CPU)
		top_cgroups_begin(&live->cgroups, &rows_of(live)->sample);
	bool good = top_rows_divide(rows_of(live), live->view.kind);
	page.line = NULL;
	if (good)
		good = top_draw(&page, rows_of(live), &live->view, size.columns, size.lines);
	if (good)
		top_terminal_show(&page);
	else
		report("top: %m");
	free(page.line);
	return good;
}

/* Sets *more to whether the user goes on. */
static bool step(struct live *live, bool *more)
{
	int key = 0;

	switch (top_terminal_wait(top_intervals_due(live->intervals), &key)) {
	case TOP_EVENT_END:
		*more = false;
		return true;
	case TOP_EVENT_TIME:
		return measure(live) && draw(live);
	case TOP_EVENT_KEY:
		*more = top_view_key(&live->view, key, rows_of(live));
		return !*more || draw(live);
	case TOP_EVENT_DRAW:
	default:
		return draw(live);
	}
}

bool top_live(struct top_intervals *intervals, const struct top_choice *choice, enum top_kind kind,
	      int root)
{
	struct live live = {.intervals = intervals, .choice = choice, .cgroups = {.root = root}};
	bool more = true, good;

	top_view_begin(&live.view, kind);
	good = draw(&live);
	while (good && more)
		good = step(&live, &more);
	drop(&live.now);
	if (live.frozen)
		drop(&live.shown);
	top_cgroups_free(&live.cgroups);
	return good;
}
