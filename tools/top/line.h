/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_LINE_H
#define TOOLS_TOP_LINE_H

/*
 * One line of a screen: text that never takes more than its columns. Names may contain any byte;
 * they are made visible (tools/visible.h) and measured in the encoding of the locale.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOP_LINE 2048u /* bytes; a line ends there in any case */

enum top_style { TOP_PLAIN, TOP_BOLD, TOP_REVERSE };

struct top_line {
	enum top_style style;
	unsigned columns; /* that it may have */
	unsigned used;	  /* columns of the text so far */
	size_t length;	  /* bytes of it */
	char text[TOP_LINE];
};

/* Make the line empty. */
void top_line_begin(struct top_line *line, unsigned columns, enum top_style style);

/*
 * Append a text, in at most `most` columns. If that cuts it, its last column is "~". A character
 * that has no width, such as a tab, is shown as "?".
 */
void top_line_add(struct top_line *line, const char *text, unsigned most);

/* Append a formatted text, which the end of the line may cut. */
void top_line_print(struct top_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Append blanks up to a column. */
void top_line_pad(struct top_line *line, unsigned column);

/* Append a number's text, with blanks before it so that it has `width` columns. */
void top_line_right(struct top_line *line, const char *text, unsigned width);

/* The columns that the whole text takes. */
unsigned top_columns(const char *text);

#define TOP_PERCENT 8u /* bytes; the text has at most 4 characters */

/*
 * A share of the interval in percent, such as "7.5", "100" or "12k"; "-" if it is exactly 0. It may
 * exceed 100, as that of a VM with several vCPUs does.
 */
void top_percent(char text[TOP_PERCENT], uint64_t ns, uint64_t interval_ns);

#endif
