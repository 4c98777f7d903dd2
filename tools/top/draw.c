/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "tools/top/columns.h"
#include "tools/top/draw.h"
#include "tools/top/part.h"
#include "tools/top/tell.h"

#define PANE_LEAST 6u /* rows of the table; with fewer, a pane takes its place */

struct top_line *top_page_line(struct top_page *page, unsigned columns, enum top_style style)
{
	struct top_line *line = &page->line[page->count];

	page->count += page->count < page->room;
	top_line_begin(line, columns, style);
	return line;
}

/* The table lies between the title with the headings, and the last line. */
size_t top_draw_rows(unsigned lines)
{
	return lines > 3 ? lines - 3 : lines > 2 ? lines - 2 : 0;
}

const char *top_kind_word(enum top_kind kind)
{
	static const char *const words[] = {
		[TOP_ROW_VM] = "VMs",	     [TOP_ROW_VCPU] = "vCPUs",	   [TOP_ROW_CPU] = "CPUs",
		[TOP_ROW_THIEF] = "thieves", [TOP_ROW_CGROUP] = "cgroups",
	};

	return words[kind];
}

static void draw_title(struct top_page *page, const struct top_rows *rows,
		       const struct top_view *view, unsigned columns)
{
	struct top_line *line = top_page_line(page, columns, TOP_BOLD);
	size_t vms = 0, vcpus = 0;

	for (size_t i = 0; i < rows->vm_count; i++)
		if (rows->vms[i].chosen) {
			vms++;
			vcpus += rows->vms[i].vcpus;
		}
	top_line_print(line, "pvtime top: %zu VM%s, %zu vCPU%s, %.2f s, %s%sby %s%s%s", vms,
		       vms == 1 ? "" : "s", vcpus, vcpus == 1 ? "" : "s",
		       (double)rows->interval_ns / 1e9,
		       view->kind < TOP_ROW_CPU ? "" : top_kind_word(view->kind),
		       view->kind < TOP_ROW_CPU ? "" : " ", top_heading(view->sort, view->kind),
		       view->reversed ? ", reversed" : "", view->paused ? ", PAUSED" : "");
	if (view->filter[0] != '\0') {
		top_line_print(line, ", filter ");
		top_line_add(line, view->filter, columns);
	}
}

/* One line says what is missing. The last column says so if it is cut. */
static void draw_unknown(struct top_page *page, const struct top_rows *rows, unsigned columns)
{
	top_line_add(top_page_line(page, columns, TOP_PLAIN), rows->unknown, columns);
}

static void draw_heading(struct top_page *page, const struct top_widths *widths, enum top_kind kind,
			 unsigned columns)
{
	struct top_line *line = top_page_line(page, columns, TOP_BOLD);

	for (unsigned c = 0; c < TOP_COLUMNS; c++)
		if (widths->width[c] > 0)
			top_heading_cell(line, c, kind, widths->width[c]);
}

static void draw_row(struct top_page *page, const struct top_rows *rows, const struct top_row *row,
		     bool selected, const struct top_widths *widths, unsigned columns)
{
	struct top_line *line = top_page_line(page, columns, selected ? TOP_REVERSE : TOP_PLAIN);
	struct top_groups groups;

	top_groups_make(&groups, row);
	for (unsigned c = 0; c < TOP_COLUMNS; c++)
		if (widths->width[c] > 0)
			top_cell(line, row, &groups, c, widths->width[c], rows);
	free(groups.group);
}

static const char *why_empty(const struct top_rows *rows, enum top_kind kind)
{
	if (rows->interval_ns == 0)
		return "The first interval is being measured.";
	if (kind >= TOP_ROW_CPU && rows->vm_count > 0)
		return top_no_parts_word(rows->unknown == NULL);
	return top_none_word(&rows->sample, rows->vm_count > 0);
}

/* Draw a part of the list in exactly `lines` lines, with the selected row in it. */
static void draw_table(struct top_page *page, const struct top_list *list,
		       const struct top_rows *rows, enum top_kind kind,
		       const struct top_widths *widths, unsigned columns, size_t lines)
{
	size_t first = list->selected > lines / 2 ? list->selected - lines / 2 : 0;

	if (first + lines > list->count)
		first = list->count > lines ? list->count - lines : 0;
	for (size_t i = 0; i < lines; i++) {
		size_t at = first + i;

		if (at < list->count) {
			draw_row(page, rows, list->row[at], at == list->selected, widths, columns);
			continue;
		}
		struct top_line *line = top_page_line(page, columns, TOP_PLAIN);
		if (i == 0)
			top_line_print(line, "%s", why_empty(rows, kind));
	}
}

/* The vCPUs whose causes do not add up to the stolen time. */
static size_t count_wrong(const struct top_rows *rows)
{
	size_t n = 0;

	for (size_t i = 0; rows->unknown == NULL && i < rows->vcpu_count; i++)
		n += top_excess(&rows->vcpus[i].sum) != 0;
	return n;
}

/* The last line: the filter that is being typed, or a bug, or else the keys. */
static void draw_last(struct top_page *page, const struct top_rows *rows,
		      const struct top_view *view, unsigned columns)
{
	struct top_line *line = top_page_line(page, columns, TOP_PLAIN);
	size_t wrong = count_wrong(rows);

	if (view->typing) {
		top_line_print(line, "Names with: ");
		top_line_add(line, view->filter, columns);
		top_line_print(line, "_");
	} else if (wrong > 0) {
		top_line_print(
			line,
			"The causes of %zu vCPU%s do not add up to the stolen time: a bug of pvtime",
			wrong, wrong == 1 ? "" : "s");
	} else {
		top_line_print(line,
			       "q quit  f %s  v %s  <> sort  r reverse  / filter  p %s  Enter %s",
			       view->kind == TOP_ROW_VCPU ? "VMs" : "vCPUs",
			       top_kind_word(top_view_next(view)), view->paused ? "go on" : "pause",
			       view->pane			 ? "table"
			       : top_row_has_victims(view->kind) ? "victims"
								 : "thieves");
	}
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void draw_body(struct top_page *page, const struct top_list *list,
		      const struct top_rows *rows, const struct top_view *view, unsigned columns,
		      size_t lines)
{
	const struct top_row *row = list->count > 0 ? list->row[list->selected] : NULL;
	size_t pane = 0;
	struct top_widths widths;
	unsigned name = 0;

	for (size_t i = 0; i < list->count; i++) {
		unsigned width = top_name_width(list->row[i]);
		name = width > name ? width : name;
	}
	top_widths(&widths, columns, name, view->kind, rows->unknown == NULL);
	if (view->pane && row != NULL)
		pane = lines < PANE_LEAST ? lines : lines - smaller(list->count, lines / 2);
	draw_heading(page, &widths, view->kind, columns);
	draw_table(page, list, rows, view->kind, &widths, columns, lines - pane);
	if (pane > 0)
		top_pane(page, rows, row, columns, pane);
}

bool top_draw(struct top_page *page, const struct top_rows *rows, const struct top_view *view,
	      unsigned columns, unsigned lines)
{
	struct top_list list;

	*page = (struct top_page){.line = calloc(lines + 1, sizeof(*page->line)), .room = lines};
	bool good = top_view_list(&list, view, rows) && page->line != NULL;
	if (good) {
		size_t body = top_draw_rows(lines);

		draw_title(page, rows, view, columns);
		if (rows->unknown != NULL && body > 1) {
			draw_unknown(page, rows, columns);
			body--;
		}
		draw_body(page, &list, rows, view, columns, body);
		draw_last(page, rows, view, columns);
	}
	free(list.row);
	return good;
}
