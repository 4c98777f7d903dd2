/* SPDX-License-Identifier: BSD-2-Clause */
#include "format.h"
#include "types.h"

struct sink {
	char *out;
	size_t size, length;
};

static void put(struct sink *s, char c)
{
	if (s->length + 1 < s->size)
		s->out[s->length++] = c;
}

/* sign: '-', or '\0' for none. */
static void put_number(struct sink *s, char sign, uint64_t value, unsigned base, unsigned width,
		       char pad)
{
	char digits[21];
	unsigned n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (sign && pad == '0') {
		put(s, sign);
		width -= width > 0;
	} else if (sign) {
		digits[n++] = sign;
	}
	for (; width > n; width--)
		put(s, pad);
	while (n)
		put(s, digits[--n]);
}

static void put_signed(struct sink *s, int64_t value, unsigned width, char pad)
{
	if (value < 0)
		put_number(s, '-', 0 - (uint64_t)value, 10, width, pad);
	else
		put_number(s, '\0', (uint64_t)value, 10, width, pad);
}

static void put_string(struct sink *s, const char *text)
{
	while (*text)
		put(s, *text++);
}

size_t format_va(char *out, size_t size, const char *f, va_list args)
{
	struct sink s = {out, size, 0};

	for (; *f; f++) {
		unsigned width = 0;
		char pad = ' ';
		bool is_long = false;

		if (*f != '%') {
			put(&s, *f);
			continue;
		}
		if (*++f == '0')
			pad = '0';
		for (; *f >= '0' && *f <= '9'; f++)
			width = width * 10 + (unsigned)(*f - '0');
		for (; *f == 'l'; f++)
			is_long = true;
		switch (*f) {
		case 's':
			put_string(&s, va_arg(args, const char *));
			break;
		case 'c':
			put(&s, (char)va_arg(args, int));
			break;
		case 'd':
			put_signed(&s, is_long ? va_arg(args, long) : va_arg(args, int), width,
				   pad);
			break;
		case 'u':
		case 'x':
			put_number(&s, '\0',
				   is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned),
				   *f == 'x' ? 16 : 10, width, pad);
			break;
		case '\0':
			f--;
			break;
		default:
			put(&s, *f);
		}
	}
	if (size)
		out[s.length] = '\0';
	return s.length;
}

size_t format(char *out, size_t size, const char *f, ...)
{
	va_list args;
	size_t n;

	va_start(args, f);
	n = format_va(out, size, f, args);
	va_end(args);
	return n;
}
