/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/run/lines.h"
#include "tools/utf8.h"

/* How many bytes at the end of the text are an incomplete UTF-8 character. */
static size_t unfinished(const struct lines *lines)
{
	for (size_t n = 1; n <= 3 && n <= lines->len; n++) {
		unsigned char byte = (unsigned char)lines->text[lines->len - n];

		if ((byte & 0xc0) != 0x80)
			return utf8_length(byte) > n ? n : 0;
	}
	return 0;
}

static void emit(struct lines *lines, lines_sink *sink, void *ctx, bool ends)
{
	size_t left = ends ? 0 : unfinished(lines);
	size_t len = lines->len - left;
	char next = lines->text[len];

	lines->text[len] = '\0';
	sink(ctx, lines->text, len, ends && !lines->split);
	lines->text[len] = next;
	memmove(lines->text, lines->text + len, left);
	lines->len = left;
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
