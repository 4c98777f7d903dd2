/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_TEXT_H
#define TOOLS_TOP_TEXT_H

/*
 * Writes a report in few instructions, as a host may have thousands of vCPUs, and a report each
 * second: printf() takes about ten times as many.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct top_text {
	FILE *out;
	size_t used;
	char bytes[8192];
};

void top_text_begin(struct top_text *text, FILE *out);

/* Write what is left. The caller finds an error with ferror(out). */
void top_text_end(struct top_text *text);

/* Append bytes for which the buffer has no room. */
void top_text_overflow(struct top_text *text, const char *bytes, size_t n);

static inline void top_text_bytes(struct top_text *text, const char *bytes, size_t n)
{
	if (n > sizeof(text->bytes) - text->used) {
		top_text_overflow(text, bytes, n);
		return;
	}
	memcpy(text->bytes + text->used, bytes, n);
	text->used += n;
}

/* The compiler knows the length of a literal, and copies it by some stores. */
static inline void top_text_add(struct top_text *text, const char *words)
{
	top_text_bytes(text, words, strlen(words));
}

/* The general case of the next function. */
void top_text_digits(struct top_text *text, uint64_t number, unsigned width);

/*
 * A decimal number, after blanks if it has less than `width` digits; `width` is at most 20. Of a
 * vCPU that sleeps, most are 0.
 */
static inline void top_text_number(struct top_text *text, uint64_t number, unsigned width)
{
	if (number < 10 && width < 2 && text->used < sizeof(text->bytes))
		text->bytes[text->used++] = (char)('0' + number);
	else
		top_text_digits(text, number, width);
}

/* A time at the beginning of a line, and two blanks. */
void top_text_ns(struct top_text *text, uint64_t ns);

/* The words, a time, and its percentage of the interval, rounded to one decimal. */
void top_text_share(struct top_text *text, const char *words, uint64_t ns, uint64_t interval_ns);

/* What printf() has to write nevertheless; names must not be among it. */
void top_text_print(struct top_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A negative one has a minus sign. */
void top_text_signed(struct top_text *text, int64_t number);

/* A name that may have any bytes, made visible for a terminal (visible.h). */
void top_text_name(struct top_text *text, const char *name);

/*
 * A string of JSON in ASCII. If the bytes are not UTF-8, each that is not ASCII becomes a question
 * mark. NULL becomes null.
 */
void top_text_json(struct top_text *text, const char *bytes);

#endif
