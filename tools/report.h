/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include <stddef.h>
#include <stdio.h>

/*
 * One line for people on standard error, "pvtime: " before it and a newline after it, in a single
 * write. The text may contain a guest's bytes; it is escaped as visible.h describes. errno is
 * preserved.
 */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * From now on report() writes to this stream and flushes it. NULL: it writes to standard error
 * directly again, and may block while the reader is slow.
 */
void report_to(FILE *stream);

#endif
