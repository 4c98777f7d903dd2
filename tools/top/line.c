/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include "tools/top/line.h"
#include "tools/visible.h"

#define SHOWN_MAX 1024u /* bytes of one text: each of PROBE_NAME as \xNN */

void top_line_begin(struct top_line *line, unsigned columns, enum top_style style)
{
	*line = (struct top_line){.style = style, .columns = columns};
}

/* A character of a text. */
struct glyph {
	size_t taken;	   /* bytes of the text */
	const char *bytes; /* to write, `length` of them */
	size_t length;
	unsigned columns;
};

static struct glyph glyph_at(const char *text)
{
	if (*text >= ' ' && *text <= '~')
		return (struct glyph){1, text, 1, 1};
	mbstate_t state = {0};
	wchar_t wide = 0;
	size_t left = strlen(text), n = mbrtowc(&wide, text, left, &state);
	int columns = n == 0 || n > left ? -1 : wcwidth(wide);

	if (columns < 0)
		return (struct glyph){n == 0 || n > left ? 1 : n, "?", 1, 1};
	return (struct glyph){n, text, n, (unsigned)columns};
}

static void append(struct top_line *line, const char *bytes, size_t length, unsigned columns)
{
	if (line->used + columns > line->columns || line->length + length >= sizeof(line->text))
		return;
	memcpy(line->text + line->length, bytes, length);
	line->length += length;
	line->text[line->length] = '\0';
	line->used += columns;
}

static unsigned columns_of(const char *text)
{
	unsigned columns = 0;

	for (struct glyph g; *text != '\0'; text += g.taken) {
		g = glyph_at(text);
		columns += g.columns;
	}
	return columns;
}

void top_line_add(struct top_line *line, const char *text, unsigned most)
{
	char shown[SHOWN_MAX];
	unsigned left = line->columns - line->used;
	bool cut;

	visible_copy(shown, sizeof(shown), text, strlen(text));
	left = most < left ? most : left;
	cut = columns_of(shown) > left;
	if (cut && left == 0)
		return;
	left -= cut;
	for (const char *at = shown; *at != '\0';) {
		struct glyph g = glyph_at(at);

		if (g.columns > left)
			break;
		append(line, g.bytes, g.length, g.columns);
		left -= g.columns;
		at += g.taken;
	}
	if (cut)
		append(line, "~", 1, 1);
}

unsigned top_columns(const char *text)
{
	char shown[SHOWN_MAX];

	visible_copy(shown, sizeof(shown), text, strlen(text));
	return columns_of(shown);
}

void top_line_print(struct top_line *line, const char *format, ...)
{
	char text[SHOWN_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	top_line_add(line, text, line->columns);
}

void top_line_pad(struct top_line *line, unsigned column)
{
	while (line->used < column && line->used < line->columns &&
	       line->length + 1 < sizeof(line->text))
		append(line, " ", 1, 1);
}

void top_line_right(struct top_line *line, const char *text, unsigned width)
{
	unsigned columns = columns_of(text);

	if (columns < width)
		top_line_pad(line, line->used + width - columns);
	top_line_add(line, text, width);
}

void top_percent(char text[TOP_PERCENT], uint64_t ns, uint64_t interval_ns)
{
	double percent = interval_ns > 0 ? 100.0 * (double)ns / (double)interval_ns : 0.0;

	if (ns == 0 || interval_ns == 0)
		snprintf(text, TOP_PERCENT, "-");
	else if (percent < 99.95)
		snprintf(text, TOP_PERCENT, "%.1f", percent);
	else if (percent < 9999.5)
		snprintf(text, TOP_PERCENT, "%.0f", percent);
	else
		snprintf(text, TOP_PERCENT, "%.0fk", percent < 999e3 ? percent / 1000.0 : 999.0);
}
