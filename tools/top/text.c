/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "tools/json_text.h"
#include "tools/top/text.h"
#include "tools/visible.h"

#define DIGITS 20u /* of the greatest number */

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

static unsigned digits_of(uint64_t number)
{
	unsigned digits = 1;

	for (uint64_t least = 10; digits < DIGITS && number >= least; least *= 10)
		digits++;
	return digits;
}

/* The digits are put into the buffer, the last one first. */
void top_text_number(struct top_text *text, uint64_t number, unsigned width)
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
	for (; number >= 10; number /= 10)
		*--at = (char)('0' + number % 10);
	*--at = (char)('0' + number);
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
