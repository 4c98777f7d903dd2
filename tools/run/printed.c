/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/run/printed.h"

#define CHUNK		 ((size_t)1 << 16)
#define LINE_MAX_MATCHED 255u

bool printed_init(struct printed *p, const char *end)
{
	*p = (struct printed){.end = end, .text = calloc(1, CHUNK), .room = CHUNK};
	return p->text != NULL;
}

/* Whether a line, which need not end with a NUL, matches a pattern. A longer line matches none. */
static bool matches(const char *pattern, const char *line, size_t length)
{
	char copy[LINE_MAX_MATCHED + 1];

	if (pattern == NULL || length > LINE_MAX_MATCHED)
		return false;
	memcpy(copy, line, length);
	copy[length] = '\0';
	return fnmatch(pattern, copy, 0) == 0;
}

/* Set end_seen if a line that was completed since the last call matches `end`. */
static void look_for_end(struct printed *p)
{
	const char *newline;

	while ((newline = memchr(p->text + p->line_start, '\n', p->length - p->line_start))) {
		const char *line = p->text + p->line_start;
		size_t length = (size_t)(newline - line);

		if (length > 0 && line[length - 1] == '\r')
			length--;
		if (matches(p->end, line, length))
			p->end_seen = true;
		p->line_start = (size_t)(newline + 1 - p->text);
	}
}

/* Make room for a chunk and a NUL. */
static bool grow(struct printed *p)
{
	size_t room = p->room;

	while (room < p->length + CHUNK + 1)
		room *= 2;
	if (room == p->room)
		return true;
	char *text = realloc(p->text, room);
	if (text == NULL) {
		p->error = ENOMEM;
		return false;
	}
	p->text = text;
	p->room = room;
	return true;
}

bool printed_read(struct printed *p, int fd)
{
	if (p->error != 0 || !grow(p))
		return false;
	ssize_t n = read(fd, p->text + p->length, CHUNK);
	if (n > 0) {
		p->length += (size_t)n;
		p->text[p->length] = '\0';
		look_for_end(p);
		if (p->length > PRINTED_MAX)
			p->error = EFBIG;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		p->closed = true;
	}
	return n > 0 && p->error == 0;
}
