/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/report.h"
#include "tools/visible.h"

#define PREFIX "pvtime: "

/* A process has one standard error, so this may be global. */
static FILE *through;

void report_to(FILE *stream)
{
	through = stream;
}

static void write_all(const char *line, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t written = write(STDERR_FILENO, line + done, n - done);
		if (written < 0 && errno != EINTR)
			break;
		if (written > 0)
			done += (size_t)written;
	}
}

void report(const char *format, ...)
{
	char text[2048],
		/*
		 * PIPE_BUF bytes: a write to a pipe is atomic, even if other processes write to it
		 */
		line[PIPE_BUF] = PREFIX;
	const size_t start = sizeof(PREFIX) - 1;
	int saved = errno;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* The newline takes the place of the NUL. */
	size_t n = start + visible_copy(line + start, sizeof(line) - start, text, strlen(text));
	line[n++] = '\n';
	if (through != NULL) {
		fwrite(line, 1, n, through);
		fflush(through);
	} else {
		write_all(line, n);
	}
	errno = saved;
}
