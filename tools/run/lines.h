/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_LINES_H
#define TOOLS_RUN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_MAX 1024u

/* Lines out of bytes that arrive in pieces of any size. Start it zeroed. */
struct lines {
	size_t len;
	bool split; /* the line has begun in an earlier piece that was full */
	char text[LINES_MAX + 1];
};

/*
 * Gets `len` bytes without the newline, and a NUL after them; a NUL may also be among them. `whole`
 * is false where this is a piece of a line longer than LINES_MAX. Such a line is not split within a
 * character of UTF-8.
 */
typedef void lines_sink(void *ctx, const char *text, size_t len, bool whole);

void lines_feed(struct lines *lines, const uint8_t *bytes, size_t n, lines_sink *sink, void *ctx);

/* What is left without its newline, if anything, goes out as a line. */
void lines_flush(struct lines *lines, lines_sink *sink, void *ctx);

#endif
