/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_LINES_H
#define TOOLS_RUN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_MAX 1024u

/* Splits bytes that arrive in pieces of any size into lines. Initialize it to zero. */
struct lines {
	size_t len;
	/* an earlier part of this line has been passed on, because the buffer was full */
	bool split;
	char text[LINES_MAX + 1];
};

/*
 * Receives one line: `len` bytes without the newline, followed by a NUL. The bytes may contain
 * NULs, too. `whole` is false for a part of a line longer than LINES_MAX. Such a line is never
 * split within a UTF-8 character.
 */
typedef void lines_sink(void *ctx, const char *text, size_t len, bool whole);

void lines_feed(struct lines *lines, const uint8_t *bytes, size_t n, lines_sink *sink, void *ctx);

/* Pass on an unfinished line, if there is one, as if it ended here. */
void lines_flush(struct lines *lines, lines_sink *sink, void *ctx);

#endif
