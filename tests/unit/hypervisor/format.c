/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's format() against the C library's vsnprintf(), in what both support. */
#include "format.h"
#include "types.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Both format; text and length must agree, and format() must write nothing after the NUL. */
#define SAME(...)	       same(__LINE__, sprint(ours, sizeof(ours), __VA_ARGS__), __VA_ARGS__)
#define sprint(out, size, ...) (memset(out, '#', sizeof(out)), format(out, size, __VA_ARGS__))

static char ours[128];

__attribute__((format(printf, 3, 4))) static void same(int line, size_t length, const char *f, ...)
{
	char want[128];
	va_list args;
	int n;

	va_start(args, f);
	n = vsnprintf(want, sizeof(want), f, args);
	va_end(args);
	if (!tap_ok(!strcmp(ours, want) && length == (size_t)n && ours[n + 1] == '#',
		    "the format of line %d, \"%s\", gives \"%s\"", line, f, want))
		tap_print("# got \"%s\", %zu\n", ours, length);
}

static void conversions(void)
{
	SAME("plain text, 100%%");
	SAME("%s and %s", "one", "");
	SAME("%c%c", 'x', '\x80');
	SAME("%d %d %d", 0, 1, -1);
	SAME("%d %d", INT_MAX, INT_MIN);
	SAME("%ld %ld", LONG_MAX, LONG_MIN);
	SAME("%u %lu", UINT_MAX, ULONG_MAX);
	SAME("%x %lx %x", 0xdeadbeef, ULONG_MAX, 0u);
	SAME("%016lx", 0xfeedul);
	SAME("%02u%02u%02u", 7u, 42u, 123u);
	SAME("%5u|%5x|%1u", 1u, 0xabcdef, 12u);
	SAME("%5d|%5d|%5d", 3, -3, -12345);
	SAME("%05d|%05d|%05d", 3, -3, -12345);
	SAME("%01d|%02d|%1d", -3, -3, -3);
	SAME("%9u|%19u|%09d|%0d", 1u, 2u, -3, -3);
	SAME("%21ld|%021ld|%25ld", LONG_MIN, LONG_MIN, LONG_MIN);
	SAME("%llu %llx", ULLONG_MAX, 1ull << 63);
}

/* Buffers of every length: the text is cut where the C library cuts it. */
static void cut(void)
{
	char want[32];
	bool same_text = true, inside = true;

	for (size_t size = 1; size < 24; size++) {
		size_t n = sprint(ours, size, "%s-%05d-%lx", "abc", -42, 0x1234567ul);

		snprintf(want, size, "%s-%05d-%lx", "abc", -42, 0x1234567ul);
		same_text = same_text && !strcmp(ours, want) && n == strlen(want);
		inside = inside && ours[size] == '#';
	}
	tap_ok(same_text,
	       "a text that is too long is cut as by snprintf(), and format() returns what it wrote");
	tap_ok(inside, "format() writes nothing behind its buffer");
	tap_ok(sprint(ours, 0, "text") == 0 && ours[0] == '#',
	       "format() writes nothing to a buffer of no bytes");
	tap_ok(sprint(ours, 1, "text") == 0 && ours[0] == '\0',
	       "format() writes only the NUL to a buffer of one byte");
}

/* Formats that the compiler would warn about, and beyond whose end nothing must be read. */
static void odd(void)
{
	char f[8];

	strcpy(f, "a%");
	tap_ok(sprint(ours, 16, f, 0) == 1 && !strcmp(ours, "a"),
	       "a %% at the end of a format gives nothing");
	strcpy(f, "a%0");
	tap_ok(sprint(ours, 16, f, 0) == 1 && !strcmp(ours, "a"),
	       "a %%0 at the end of a format gives nothing");
	strcpy(f, "a%08l");
	tap_ok(sprint(ours, 16, f, 0) == 1 && !strcmp(ours, "a"),
	       "a %%08l at the end of a format gives nothing");
	strcpy(f, "%z%d");
	tap_ok(sprint(ours, 16, f, 5) == 2 && !strcmp(ours, "z5"),
	       "an unknown conversion gives its letter");
}

static void random_numbers(void)
{
	static const char *const formats[] = {"%ld",	"%lu",	  "%lx", "%20ld",
					      "%020ld", "%017lx", "%7lu"};
	uint64_t seed = 42;
	unsigned bad = 0;
	char want[64];

	for (unsigned i = 0; i < 70000; i++) {
		uint64_t value = next_random(&seed) >> random_below(&seed, 64);
		const char *f = formats[i % ARRAY_SIZE(formats)];

		if (i & 1)
			value = 0 - value;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		format(ours, sizeof(ours), f, value);
		snprintf(want, sizeof(want), f, value);
#pragma GCC diagnostic pop
		bad += strcmp(ours, want) != 0;
	}
	tap_is_u64(bad, 0, "70000 random numbers are formatted as by snprintf()");
}

int main(void)
{
	conversions();
	cut();
	odd();
	random_numbers();
	return tap_done();
}
