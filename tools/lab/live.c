/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/lab/live.h"
#include "tools/visible.h"

void live_open(struct live *live, const char *name, const struct ledger_shape *shape, FILE *out)
{
	memset(live, 0, sizeof(*live));
	visible_copy(live->name, sizeof(live->name), name, strlen(name));
	live->shape = shape;
	live->out = out;
	live->terminal = screen_open(&live->screen, out);
}

static struct watch_view view_of(const struct live *live)
{
	return (struct watch_view){
		.name = live->name,
		.shape = live->shape,
		.now = &live->now,
		.before = live->have_before ? &live->before : NULL,
	};
}

static void draw_table(struct live *live)
{
	struct watch_view view = view_of(live);
	struct watch_look look = live->screen.look;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return;
	/* The last table is never redrawn, so it may be longer than the window. */
	if (live->now.final)
		look.rows = 0;
	watch_draw(&view, &look, out);
	if (fclose(out) == 0)
		screen_draw(&live->screen, text);
	free(text);
}

static void print_lines(const struct live *live)
{
	struct watch_view view = view_of(live);

	if (live->have_before && live->now.final && live->now.at == live->before.at)
		return;
	watch_lines(&view, live->out);
	fflush(live->out);
}

void live_show(struct live *live, const struct ledger *ledger)
{
	live->before = live->now;
	live->have_before = live->have_now && !(live->terminal && ledger->final);
	live->now = *ledger;
	live->have_now = true;
	if (live->terminal)
		draw_table(live);
	else
		print_lines(live);
}

void live_erase(struct live *live)
{
	if (live->terminal)
		screen_erase(&live->screen);
}

void live_redraw(struct live *live)
{
	if (live->terminal && live->have_now)
		draw_table(live);
}

void live_resized(struct live *live)
{
	if (live->terminal) {
		screen_resized(&live->screen);
		live_redraw(live);
	}
}

void live_close(struct live *live)
{
	if (live->terminal)
		screen_close(&live->screen);
}
