/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include "tools/top/columns.h"
#include "tools/top/guest.h"
#include "tools/top/part.h"
#include "tools/top/tell.h"

#define NAME_LEAST  13u /* columns, while there are other columns to drop */
#define THIEF_LEAST 14u

const char *top_heading(unsigned column, enum top_kind kind)
{
	static const char *const names[] = {
		[TOP_ROW_VM] = "VM",	   [TOP_ROW_VCPU] = "VM",	[TOP_ROW_CPU] = "CPU",
		[TOP_ROW_THIEF] = "thief", [TOP_ROW_CGROUP] = "cgroup",
	};
	static const char *const headings[TOP_COLUMNS] = {
		[TOP_BY_CPU] = "CPU",
		[TOP_BY_RUN] = "run",
		[TOP_BY_STOLEN] = "stolen",
		[TOP_BY_CAUSE + TOP_PROCESS] = "proc",
		[TOP_BY_CAUSE + TOP_KERNEL] = "kern",
		[TOP_BY_UNATTRIBUTED] = "unatt",
		[TOP_GUEST] = "guest",
		[TOP_THIEF] = "worst thief",
	};

	if (column == TOP_BY_NAME)
		return names[kind];
	if (column == TOP_THIEF && top_row_has_victims(kind))
		return "worst victim";
	return headings[column] != NULL ? headings[column]
					: top_cause_word((enum top_cause)(column - TOP_BY_CAUSE));
}

uint64_t top_value(const struct top_row *row, unsigned column)
{
	if (column == TOP_BY_CPU || column == TOP_BY_NAME)
		return row->sum.cpu;
	if (column == TOP_BY_RUN)
		return row->sum.run_ns;
	if (column == TOP_BY_STOLEN)
		return row->sum.stolen_ns;
	return column == TOP_BY_UNATTRIBUTED ? row->sum.unattributed
					     : row->sum.by_cause[column - TOP_BY_CAUSE];
}

/* On a narrow screen, the columns with the least worth are dropped first. */
static unsigned worth(unsigned column)
{
	static const unsigned worths[TOP_COLUMNS] = {
		[TOP_BY_NAME] = 100,
		[TOP_BY_STOLEN] = 90,
		[TOP_THIEF] = 80,
		[TOP_BY_RUN] = 70,
		[TOP_BY_CPU] = 60,
		[TOP_BY_CAUSE + TOP_SELF] = 30,
		[TOP_BY_CAUSE + TOP_KERNEL] = 20,
		[TOP_BY_CAUSE + TOP_IDLE] = 10,
		[TOP_BY_UNATTRIBUTED] = 2,
		[TOP_GUEST] = 1,
	};

	return worths[column] > 0 ? worths[column] : 50;
}

static unsigned least(unsigned column, enum top_kind kind)
{
	unsigned heading = (unsigned)strlen(top_heading(column, kind)) + 1;

	if (column == TOP_BY_NAME)
		return NAME_LEAST;
	if (column == TOP_THIEF)
		return THIEF_LEAST;
	return heading > 5 || column == TOP_BY_CPU ? heading : 5;
}

bool top_has_column(enum top_kind kind, unsigned column)
{
	if (kind < TOP_ROW_CPU)
		return true;
	return column != TOP_BY_RUN && column != TOP_GUEST &&
	       (column != TOP_BY_CPU || kind != TOP_ROW_CPU);
}

/* If the causes are not known, what quotas took is known nevertheless. */
static bool is_known(unsigned column, bool causes)
{
	return causes || column < TOP_BY_CAUSE || column == TOP_BY_CAUSE + TOP_QUOTA;
}

void top_widths(struct top_widths *widths, unsigned columns, unsigned name, enum top_kind kind,
		bool causes)
{
	unsigned sum = 0;

	for (unsigned c = 0; c < TOP_COLUMNS; c++) {
		widths->width[c] =
			top_has_column(kind, c) && is_known(c, causes) ? least(c, kind) : 0;
		sum += widths->width[c];
	}
	while (sum > columns) {
		unsigned worst = TOP_BY_NAME;

		for (unsigned c = 0; c < TOP_COLUMNS; c++)
			if (widths->width[c] > 0 && worth(c) < worth(worst))
				worst = c;
		if (worst == TOP_BY_NAME) {
			widths->width[TOP_BY_NAME] = columns;
			return;
		}
		sum -= widths->width[worst];
		widths->width[worst] = 0;
	}
	/* Names get what they need of the rest, but no more than half beside thieves. */
	unsigned more = name > NAME_LEAST ? name - NAME_LEAST : 0;
	if (more > (columns - sum) / 2 && widths->width[TOP_THIEF] > 0)
		more = (columns - sum) / 2;
	if (more > columns - sum)
		more = columns - sum;
	widths->width[TOP_BY_NAME] += more;
	if (widths->width[TOP_THIEF] > 0)
		widths->width[TOP_THIEF] += columns - sum - more;
}

/* What follows the VM's name. */
static void suffix(char text[16], const struct top_row *row)
{
	if (row->kind != TOP_ROW_VCPU)
		snprintf(text, 16, " (%zu)", row->vcpus);
	else if (row->sum.numbered)
		snprintf(text, 16, "/%u", row->sum.number);
	else
		snprintf(text, 16, "/?");
}

unsigned top_name_width(const struct top_row *row)
{
	char text[16];

	suffix(text, row);
	return row->name_columns + (unsigned)strlen(text);
}

void top_name(struct top_line *line, const struct top_row *row, unsigned width)
{
	char text[16];

	suffix(text, row);
	unsigned end = (unsigned)strlen(text) < width ? (unsigned)strlen(text) : 0;
	top_line_add(line, row->name, width - end);
	top_line_add(line, text, end);
}

void top_thief(struct top_line *line, const char *word, const struct top_group *group,
	       unsigned width)
{
	char text[TOP_TEXT + 16];

	snprintf(text, sizeof(text), "%s%s%s", word, group->name[0] != '\0' ? " " : "",
		 group->name);
	top_line_add(line, text, width);
}

void top_heading_cell(struct top_line *line, unsigned column, enum top_kind kind, unsigned width)
{
	unsigned end = line->used + width;

	if (column == TOP_BY_NAME) {
		top_line_add(line, top_heading(column, kind), width);
		top_line_pad(line, end);
	} else if (column == TOP_THIEF) {
		top_line_print(line, " ");
		top_line_add(line, top_heading(column, kind), width - 1);
	} else {
		top_line_right(line, top_heading(column, kind), width);
	}
}

void top_cell(struct top_line *line, const struct top_row *row, const struct top_groups *groups,
	      unsigned column, unsigned width, const struct top_rows *rows)
{
	unsigned end = line->used + width;
	char text[16];

	if (column == TOP_BY_NAME) {
		top_name(line, row, width);
		top_line_pad(line, end);
	} else if (column == TOP_THIEF) {
		if (groups->count > 0) {
			top_line_print(line, " ");
			top_thief(line,
				  top_heading(TOP_BY_CAUSE + groups->group[0].cause, row->kind),
				  &groups->group[0], width - 1);
		}
	} else if (column == TOP_GUEST) {
		top_line_right(line, top_guest_short(row->sum.guest), width);
	} else if (column == TOP_BY_CPU) {
		snprintf(text, sizeof(text), "%u", row->sum.cpu);
		top_line_right(line,
			       row->many_cpus		    ? "*"
			       : row->sum.cpu == TOP_NO_CPU ? "?"
							    : text,
			       width);
	} else if (rows->unknown != NULL && column >= TOP_BY_CAUSE && row->throttled_count == 0) {
		top_line_right(line, "?", width);
	} else {
		top_percent(text, top_value(row, column), rows->interval_ns);
		top_line_right(line, text, width);
	}
}
