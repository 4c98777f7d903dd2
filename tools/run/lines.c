/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/run/lines.h"

static void emit(struct lines *lines, lines_sink *sink, void *ctx, bool ends)
{
	lines->text[lines->len] = '\0';
	sink(ctx, lines->text, lines->len, ends && !lines->split);
	lines->len = 0;
	lines->split = !ends;
}

void lines_feed(struct lines *lines, const uint8_t *bytes, size_t n, lines_sink *sink, void *ctx)
{
	while (n > 0) {
		const uint8_t *newline = memchr(bytes, '\n', n);
		size_t run = newline != NULL ? (size_t)(newline - bytes) : n;

		if (run > LINES_MAX - lines->len)
			run = LINES_MAX - lines->len;
		memcpy(lines->text + lines->len, bytes, run);
		lines->len += run;
		bytes += run;
		n -= run;
		if (n == 0)
			break;
		if (*bytes == '\n') {
			emit(lines, sink, ctx, true);
			bytes++;
			n--;
		} else {
			emit(lines, sink, ctx, false);
		}
	}
}

void lines_flush(struct lines *lines, lines_sink *sink, void *ctx)
{
	if (lines->len > 0)
		emit(lines, sink, ctx, true);
	lines->split = false;
}
