/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_COLUMNS_H
#define TOOLS_TOP_COLUMNS_H

/*
 * The columns of the table. There is one for each cause, so a new cause needs nothing here but, if
 * its word is long, a shorter heading.
 */
#include "tools/top/group.h"
#include "tools/top/line.h"

enum {
	TOP_BY_NAME,
	TOP_BY_CPU,
	TOP_BY_RUN,
	TOP_BY_STOLEN,
	TOP_BY_CAUSE, /* the first cause */
	TOP_BY_UNATTRIBUTED = TOP_BY_CAUSE + TOP_CAUSES,
	TOP_SORTED, /* the columns before this one can be sorted by */
	TOP_GUEST = TOP_SORTED,
	TOP_THIEF,
	TOP_COLUMNS
};

/* The width of each column, with the blank before it; 0: there is no room for the column. */
struct top_widths {
	unsigned width[TOP_COLUMNS];
};

/*
 * Whether rows of a kind have this column: a part of the stolen time has no run and no guest, and
 * the name of a CPU is its number.
 */
bool top_has_column(enum top_kind kind, unsigned column);

/* The heading of a column, of rows of a kind. */
const char *top_heading(unsigned column, enum top_kind kind);

/* The number by which a column sorts rows: ns, or a CPU's number; by name, only of CPUs. */
uint64_t top_value(const struct top_row *row, unsigned column);

/*
 * Choose the columns for rows of a kind on a screen, which needs `name` columns to show all names.
 * `causes`: they are known.
 */
void top_widths(struct top_widths *widths, unsigned columns, unsigned name, enum top_kind kind,
		bool causes);

/* Append a heading, or one cell of a row whose groups are known. */
void top_heading_cell(struct top_line *line, unsigned column, enum top_kind kind, unsigned width);
void top_cell(struct top_line *line, const struct top_row *row, const struct top_groups *groups,
	      unsigned column, unsigned width, const struct top_rows *rows);

/* The columns that a row's name takes, such as "alpha/0"; and append it, in at most `width`. */
unsigned top_name_width(const struct top_row *row);
void top_name(struct top_line *line, const struct top_row *row, unsigned width);

/* Append the word and the group's name, such as "vm beta", in at most `width` columns. */
void top_thief(struct top_line *line, const char *word, const struct top_group *group,
	       unsigned width);

#endif
