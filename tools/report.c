/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/report.h"

#define PREFIX "pvtime: "

void report(const char *format, ...)
{
	char line[2048] = PREFIX;
	const size_t start = sizeof(PREFIX) - 1;
	const size_t room = sizeof(line) - start - 1; /* the newline takes the place of the NUL */
	int saved = errno;
	va_list args;

	va_start(args, format);
	vsnprintf(line + start, room, format, args);
	va_end(args);
	size_t n = strlen(line);
	for (size_t i = start; i < n; i++)
		if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
			line[i] = '?';
	line[n++] = '\n';
	for (size_t done = 0; done < n;) {
		ssize_t written = write(STDERR_FILENO, line + done, n - done);
		if (written < 0 && errno != EINTR)
			break;
		if (written > 0)
			done += (size_t)written;
	}
	errno = saved;
}
