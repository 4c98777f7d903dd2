/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor's mem* and str*, under names of their own (mk/hypervisor.mk), against loops over
 * bytes. This test cannot use the C library's functions of these names itself.
 */
#include "string.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#define N 96

static uint8_t a[N], b[N], want[N];
static uint64_t seed = 0xb5297a4d3f84d5b5;

static bool equal(const uint8_t *x, const uint8_t *y)
{
	for (unsigned i = 0; i < N; i++)
		if (x[i] != y[i])
			return false;
	return true;
}

static void fill(void)
{
	for (unsigned i = 0; i < N; i++) {
		a[i] = (uint8_t)next_random(&seed);
		b[i] = want[i] = (uint8_t)next_random(&seed);
	}
}

/* Every offset in a word on both sides, every length: the right bytes, and none beside them. */
static void copying(void)
{
	unsigned bad = 0;

	for (unsigned d = 0; d < 9; d++)
		for (unsigned s = 0; s < 9; s++)
			for (unsigned n = 0; n < 70; n++) {
				fill();
				for (unsigned i = 0; i < n; i++)
					want[d + i] = a[s + i];
				bad += memcpy(b + d, a + s, n) != b + d || !equal(b, want);
			}
	tap_is_u64(bad, 0, "memcpy() is right for every alignment and length");
}

static void moving(void)
{
	unsigned bad = 0;

	for (unsigned d = 0; d < 24; d++)
		for (unsigned s = 0; s < 24; s++)
			for (unsigned n = 0; n < 70; n++) {
				fill();
				for (unsigned i = 0; i < N; i++)
					a[i] = b[i];
				for (unsigned i = 0; i < n; i++)
					want[d + i] = a[s + i];
				bad += memmove(b + d, b + s, n) != b + d || !equal(b, want);
			}
	tap_is_u64(bad, 0, "memmove() is right for every overlap, in both directions");
	fill();
	for (unsigned i = 0; i < N; i++)
		want[i] = b[i] = a[i];
	for (unsigned i = 0; i < 40; i++)
		want[i + 20] = a[i];
	tap_ok(memmove(b + 20, a, 40) && equal(b, want), "memmove() is right between two objects");
}

static void setting(void)
{
	unsigned bad = 0;

	for (unsigned d = 0; d < 9; d++)
		for (unsigned n = 0; n < 70; n++) {
			int byte = (int)random_below(&seed, 0x1000) -
				   0x800; /* of which memset() uses 8 bits */

			fill();
			for (unsigned i = 0; i < n; i++)
				want[d + i] = (uint8_t)byte;
			bad += memset(b + d, byte, n) != b + d || !equal(b, want);
		}
	tap_is_u64(bad, 0, "memset() is right for every alignment and length");
}

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

/* Short strings of few letters, so that many of them begin alike. */
static void random_string(char *s)
{
	unsigned n = (unsigned)random_below(&seed, 6);

	for (unsigned i = 0; i < n; i++)
		s[i] = "ab\xff"[random_below(&seed, 3)];
	s[n] = '\0';
}

static size_t length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

/* Which of two strings comes first, in at most n bytes; a NUL ends them if `strings`. */
static int order(const char *x, const char *y, size_t n, bool strings)
{
	for (size_t i = 0; i < n; i++) {
		if (x[i] != y[i])
			return (uint8_t)x[i] < (uint8_t)y[i] ? -1 : 1;
		if (strings && !x[i])
			return 0;
	}
	return 0;
}

static char *find(const char *s, char c, size_t n, bool last)
{
	const char *found = NULL;

	for (size_t i = 0; i < n && (last || !found); i++)
		if (s[i] == c)
			found = s + i;
	return (char *)(uintptr_t)found;
}

static void strings(void)
{
	unsigned compare = 0, search = 0, count = 0;

	for (unsigned i = 0; i < 30000; i++) {
		char x[8] = {0}, y[8] = {0};
		size_t n = random_below(&seed, 8);
		char c = "ab\xff\0z"[random_below(&seed, 5)];

		random_string(x);
		random_string(y);
		compare += sign(memcmp(x, y, n)) != order(x, y, n, false) ||
			   sign(strcmp(x, y)) != order(x, y, 8, true) ||
			   sign(strncmp(x, y, n)) != order(x, y, n, true);
		search += strchr(x, c) != find(x, c, length(x) + 1, false) ||
			  strrchr(x, c) != find(x, c, length(x) + 1, true) ||
			  memchr(x, c, n) != find(x, c, n, false);
		count += strlen(x) != length(x) || strnlen(x, n) != (length(x) < n ? length(x) : n);
	}
	tap_is_u64(
		compare, 0,
		"memcmp(), strcmp() and strncmp() order 30000 pairs, with bytes from 0x80 on as the greater");
	tap_is_u64(
		search, 0,
		"strchr(), strrchr() and memchr() find every byte, also the NUL, or return NULL");
	tap_is_u64(count, 0, "strlen() and strnlen() return the length");
	tap_ok(memchr("abc", 'c' + 0x300, 3) != NULL && strchr("abc", 'c' + 0x300) != NULL,
	       "memchr() and strchr() use the low 8 bits of their int");
}

int main(void)
{
	copying();
	moving();
	setting();
	strings();
	return tap_done();
}
