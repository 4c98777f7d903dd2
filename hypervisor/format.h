/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * A freestanding vsnprintf: %s %c %d %u %x and their l forms, %% and a width with or without 0.
 * Writes at most size bytes, the terminating NUL included; returns the length written.
 */
size_t format_va(char *out, size_t size, const char *format, va_list args);

__attribute__((format(printf, 3, 4))) size_t format(char *out, size_t size, const char *format,
						    ...);

#endif
