/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "tools/json_text.h"
#include "tools/top/text.h"
#include "tools/visible.h"

#define DIGITS 20u /* of the greatest number */

/* The numbers from 00 to 99. */
#define TEN(t) t "0" t "1" t "2" t "3" t "4" t "5" t "6" t "7" t "8" t "9"
static const char pairs[] =
	TEN("0") TEN("1") TEN("2") TEN("3") TEN("4") TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");

static void flush(struct top_text *text)
{
	fwrite(text->bytes, 1, text->used, text->out);
	text->used = 0;
}

void top_text_begin(struct top_text *text, FILE *out)
{
	text->out = out;
	text->used = 0;
}

void top_text_end(struct top_text *text)
{
	flush(text);
}

void top_text_overflow(struct top_text *text, const char *bytes, size_t n)
{
	flush(text);
	if (n > sizeof(text->bytes))
		fwrite(bytes, 1, n, text->out);
	else
		top_text_bytes(text, bytes, n);
}

/* 1233 / 4096 is a little more than log10(2), so the guess is right or one too high. */
static unsigned digits_of(uint64_t number)
{
	static const uint64_t least[DIGITS] = {
		0,
		10,
		100,
		1000,
		10000,
		100000,
		1000000,
		10000000,
		100000000,
		1000000000,
		10000000000,
		100000000000,
		1000000000000,
		10000000000000,
		100000000000000,
		1000000000000000,
		10000000000000000,
		100000000000000000,
		1000000000000000000,
		10000000000000000000u,
	};
	unsigned bits = 64 - (unsigned)__builtin_clzll(number | 1);
	unsigned guess = bits * 1233 >> 12;

	return guess + (number >= least[guess]);
}

/* The digits are put into the buffer, the last ones first, in pairs. */
void top_text_digits(struct top_text *text, uint64_t number, unsigned width)
{
	unsigned digits = digits_of(number);

	if (sizeof(text->bytes) - text->used < DIGITS)
		flush(text);
	if (digits < width) {
		memset(text->bytes + text->used, ' ', width - digits);
		text->used += width - digits;
	}
	char *at = text->bytes + text->used + digits;
	text->used += digits;
	for (; number >= 100; number /= 100) {
		at -= 2;
		memcpy(at, pairs + 2 * (number % 100), 2);
	}
	if (number >= 10)
		memcpy(at - 2, pairs + 2 * number, 2);
	else
		at[-1] = (char)('0' + number);
}

void top_text_print(struct top_text *text, const char *format, ...)
{
	va_list args;

	flush(text);
	va_start(args, format);
	vfprintf(text->out, format, args);
	va_end(args);
}

void top_text_signed(struct top_text *text, int64_t number)
{
	uint64_t magnitude = (uint64_t)number;

	if (number < 0)
		top_text_add(text, "-");
	top_text_number(text, number < 0 ? 0 - magnitude : magnitude, 0);
}

void top_text_ns(struct top_text *text, uint64_t ns)
{
	top_text_number(text, ns, 20);
	top_text_add(text, "  ");
}

void top_text_share(struct top_text *text, const char *words, uint64_t ns, uint64_t interval_ns)
{
	uint64_t tenths =
		interval_ns > 0 ? (uint64_t)(1000.0 * (double)ns / (double)interval_ns + 0.5) : 0;

	top_text_add(text, words);
	top_text_number(text, ns, 0);
	top_text_add(text, " ns (");
	top_text_number(text, tenths / 10, 0);
	top_text_add(text, ".");
	top_text_number(text, tenths % 10, 0);
	top_text_add(text, " %)");
}

/* How many bytes of the text are printable ASCII and mean themselves, also in JSON. */
static size_t plain(const char *bytes)
{
	size_t n = 0;

	while (bytes[n] >= ' ' && bytes[n] <= '~' && bytes[n] != '"' && bytes[n] != '\\')
		n++;
	return n;
}

void top_text_name(struct top_text *text, const char *name)
{
	size_t n = plain(name);

	if (name[n] == '\0') {
		top_text_bytes(text, name, n);
	} else {
		flush(text);
		visible_write(text->out, name, strlen(name));
	}
}

/* The general case, which is rare. */
static void write_json(FILE *out, const char *bytes)
{
	json_t *string = json_text(bytes);

	if (string == NULL || json_dumpf(string, out, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) != 0)
		fputs("null", out);
	json_decref(string);
}

void top_text_json(struct top_text *text, const char *bytes)
{
	size_t n = bytes != NULL ? plain(bytes) : 0;

	if (bytes == NULL) {
		top_text_bytes(text, "null", 4);
	} else if (bytes[n] == '\0') {
		top_text_bytes(text, "\"", 1);
		top_text_bytes(text, bytes, n);
		top_text_bytes(text, "\"", 1);
	} else {
		flush(text);
		write_json(text->out, bytes);
	}
}
