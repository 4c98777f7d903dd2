/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include <stddef.h>
#include <stdio.h>

/*
 * One line for people on standard error, "pvtime: " before it and a newline after it, in a single
 * write. Part of the text may come from a guest: only what is text comes out as it is, see
 * visible.h. errno is kept.
 */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * From now on to this stream, which is flushed; NULL: to standard error itself again, where the
 * reader is waited for.
 */
void report_to(FILE *stream);

#endif
