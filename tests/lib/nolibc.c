/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions that a unit test needs if there is no libc: printing for tests/tap.h, and the four
 * functions that a compiler may call by itself. tests/lib/size.t checks that the library under test
 * needs none of them.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void sys_write(int fd, const void *buf, size_t len);
void tap_vprint(const char *fmt, va_list ap);
void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	volatile uint8_t *d = dst;
	const uint8_t *s = src;

	while (n--)
		*d++ = *s++;
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	volatile uint8_t *d = dst;
	const uint8_t *s = src;

	if ((uintptr_t)dst <= (uintptr_t)src)
		return memcpy(dst, src, n);
	while (n--)
		d[n] = s[n];
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	volatile uint8_t *d = dst;

	while (n--)
		*d++ = (uint8_t)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

static void put_string(const char *s, size_t width)
{
	size_t len = 0;

	while (s[len])
		len++;
	for (; width > len; width--)
		sys_write(1, " ", 1);
	sys_write(1, s, len);
}

static void put_number(uint64_t x, unsigned int base, bool negative, size_t width, char pad)
{
	char buf[72], *p = buf + sizeof(buf);

	*--p = 0;
	do {
		*--p = "0123456789abcdef"[x % base];
		x /= base;
	} while (x);
	while (pad == '0' && p > buf + 1 && (size_t)(buf + sizeof(buf) - 1 - p) + negative < width)
		*--p = '0';
	if (negative)
		*--p = '-';
	put_string(p, width);
}

/* Each integer argument is fetched with its width in the LP64 ABI; h and hh are promoted to int. */
static void put_integer(char conv, unsigned int longs, va_list *ap, size_t width, char pad)
{
	if (conv == 'd' || conv == 'i') {
		int64_t x = longs ? va_arg(*ap, long) : va_arg(*ap, int);

		put_number(x < 0 ? 0 - (uint64_t)x : (uint64_t)x, 10, x < 0, width, pad);
	} else {
		uint64_t x = longs ? va_arg(*ap, unsigned long) : va_arg(*ap, unsigned int);

		put_number(x, conv == 'x' ? 16 : 10, false, width, pad);
	}
}

static const char *put_conversion(const char *f, va_list *ap)
{
	unsigned int longs = 0;
	size_t width = 0;
	char pad = ' ', c[2] = "";

	if (*f == '0')
		pad = *f++;
	for (; *f >= '0' && *f <= '9'; f++)
		width = width * 10 + (size_t)(*f - '0');
	for (; *f == 'l' || *f == 'z'; f++)
		longs++;
	switch (*f) {
	case 's':
		put_string(va_arg(*ap, const char *), width);
		break;
	case 'c':
		c[0] = (char)va_arg(*ap, int);
		put_string(c, width);
		break;
	case 'p':
		put_number((uintptr_t)va_arg(*ap, void *), 16, false, width, pad);
		break;
	case '%':
		put_string("%", 0);
		break;
	default:
		put_integer(*f, longs, ap, width, pad);
	}
	return f + 1;
}

void tap_vprint(const char *fmt, va_list ap)
{
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		const char *end = fmt;

		while (*end && *end != '%')
			end++;
		sys_write(1, fmt, (size_t)(end - fmt));
		fmt = *end ? put_conversion(end + 1, &args) : end;
	}
	va_end(args);
}
