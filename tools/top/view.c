/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/top/columns.h"
#include "tools/top/part.h"
#include "tools/top/view.h"

void top_view_begin(struct top_view *view, enum top_kind kind)
{
	*view = (struct top_view){.kind = kind, .sort = TOP_BY_STOLEN, .page = 1};
}

enum top_kind top_view_next(const struct top_view *view)
{
	if (view->kind < TOP_ROW_CPU)
		return TOP_ROW_CPU;
	return view->kind == TOP_ROW_CGROUP ? TOP_ROW_VM : view->kind + 1;
}

/* Rows that are equal otherwise keep the order of their processes and threads. */
static int by_process(const struct top_row *x, const struct top_row *y)
{
	if (x->sum.process != y->sum.process)
		return x->sum.process > y->sum.process ? 1 : -1;
	if (x->sum.numbered && y->sum.numbered && x->sum.number != y->sum.number)
		return x->sum.number > y->sum.number ? 1 : -1;
	return (x->sum.thread > y->sum.thread) - (x->sum.thread < y->sum.thread);
}

/* Names and CPUs ascend, times descend, unless the order is reversed. */
static int in_order(const void *a, const void *b, void *ctx)
{
	const struct top_row *x = *(const struct top_row *const *)a;
	const struct top_row *y = *(const struct top_row *const *)b;
	const struct top_view *view = ctx;
	int order = 0;

	if (view->sort == TOP_BY_NAME && view->kind != TOP_ROW_CPU) {
		order = strcmp(x->name, y->name);
	} else {
		uint64_t u = top_value(x, view->sort), v = top_value(y, view->sort);

		order = (u > v) - (u < v);
		if (view->sort != TOP_BY_CPU && view->sort != TOP_BY_NAME)
			order = -order;
	}
	if (order == 0)
		return by_process(x, y);
	return view->reversed ? -order : order;
}

/* A row of VMs stands for all vCPUs of its process, and the other way round. */
static bool is_selected(const struct top_view *view, const struct top_row *row)
{
	return row->sum.process == view->process &&
	       (row->sum.thread == view->thread || row->sum.thread == 0 || view->thread == 0);
}

static size_t selected_in(const struct top_view *view, const struct top_list *list)
{
	if (view->process != 0)
		for (size_t i = 0; i < list->count; i++)
			if (is_selected(view, list->row[i]))
				return i;
	if (view->process == 0 || list->count == 0)
		return 0;
	return view->place < list->count ? view->place : list->count - 1;
}

bool top_view_list(struct top_list *list, const struct top_view *view, const struct top_rows *rows)
{
	const struct top_row *all;
	size_t count = top_rows_of(rows, view->kind, &all);
	struct top_view order = *view;

	*list = (struct top_list){.row = calloc(count + 1, sizeof(const struct top_row *))};
	if (list->row == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (all[i].chosen && strstr(all[i].name, view->filter) != NULL)
			list->row[list->count++] = &all[i];
	if (list->count > 0)
		qsort_r(list->row, list->count, sizeof(const struct top_row *), in_order, &order);
	list->selected = selected_in(view, list);
	return true;
}

/* Select the row that is `by` rows further. The first one is not followed when it moves. */
static void move(struct top_view *view, const struct top_rows *rows, bool down, size_t by)
{
	struct top_list list;

	if (top_view_list(&list, view, rows) && list.count > 0) {
		size_t last = list.count - 1, at = list.selected;

		if (down)
			at = by < last - at ? at + by : last;
		else
			at = by < at ? at - by : 0;
		view->place = at;
		view->process = at == 0 ? 0 : list.row[at]->sum.process;
		view->thread = at == 0 ? 0 : list.row[at]->sum.thread;
	}
	free(list.row);
}

/* Remove the last character; the bytes after the first one of a character in UTF-8 are 10xxxxxx. */
static void erase(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && ((unsigned char)text[--n] & 0xc0) == 0x80)
		;
	text[n] = '\0';
}

static void type(struct top_view *view, int key)
{
	size_t n = strlen(view->filter);

	if (key == TOP_KEY_ENTER || key == TOP_KEY_ESCAPE)
		view->typing = false;
	if (key == TOP_KEY_ESCAPE)
		view->filter[0] = '\0';
	else if (key == TOP_KEY_ERASE)
		erase(view->filter);
	else if (key >= ' ' && key < 256 && n + 1 < sizeof(view->filter)) {
		view->filter[n] = (char)key;
		view->filter[n + 1] = '\0';
	}
}

static void sort_by(struct top_view *view, unsigned column)
{
	view->sort = column;
	view->reversed = false;
}

/* Sort by the next column to the right that these rows have, or to the left. */
static void sort_beside(struct top_view *view, bool right)
{
	unsigned column = view->sort;

	do
		column = (column + (right ? 1 : TOP_SORTED - 1)) % TOP_SORTED;
	while (!top_has_column(view->kind, column));
	sort_by(view, column);
}

/* The selection is kept only between a VM and its vCPUs, the order if the new rows have it. */
static void show(struct top_view *view, enum top_kind kind)
{
	if (kind >= TOP_ROW_CPU || view->kind >= TOP_ROW_CPU)
		view->process = view->thread = 0;
	if (!top_has_column(kind, view->sort))
		sort_by(view, TOP_BY_STOLEN);
	view->kind = kind;
}

/* false: this key moves nothing. */
static bool moves(struct top_view *view, int key, const struct top_rows *rows)
{
	switch (key) {
	case TOP_KEY_UP:
	case 'k':
		move(view, rows, false, 1);
		return true;
	case TOP_KEY_DOWN:
	case 'j':
		move(view, rows, true, 1);
		return true;
	case TOP_KEY_PAGE_UP:
		move(view, rows, false, view->page);
		return true;
	case TOP_KEY_PAGE_DOWN:
		move(view, rows, true, view->page);
		return true;
	case TOP_KEY_HOME:
	case 'g':
		move(view, rows, false, SIZE_MAX);
		return true;
	case TOP_KEY_END:
	case 'G':
		move(view, rows, true, SIZE_MAX);
		return true;
	default:
		return false;
	}
}

bool top_view_key(struct top_view *view, int key, const struct top_rows *rows)
{
	if (view->typing) {
		type(view, key);
		return true;
	}
	if (moves(view, key, rows))
		return true;
	switch (key) {
	case 'q':
		return false;
	case 'f':
		show(view, view->kind == TOP_ROW_VCPU ? TOP_ROW_VM : TOP_ROW_VCPU);
		break;
	case 'v':
		show(view, top_view_next(view));
		break;
	case 'p':
	case ' ':
		view->paused = !view->paused;
		break;
	case TOP_KEY_ENTER:
		view->pane = !view->pane;
		break;
	case TOP_KEY_ESCAPE:
		if (view->pane)
			view->pane = false;
		else
			view->filter[0] = '\0';
		break;
	case '/':
		view->typing = true;
		break;
	case '<':
		sort_beside(view, false);
		break;
	case '>':
		sort_beside(view, true);
		break;
	case 'r':
		view->reversed = !view->reversed;
		break;
	default:
		break;
	}
	return true;
}
