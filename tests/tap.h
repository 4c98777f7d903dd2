/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

/*
 * TAP for unit tests: one header, one main() for each program, with a libc and without.
 *
 *	tap_ok(x == y, "x is y after %u steps", n);
 *	tap_is_u64(got, want, "the total is the sum of the parts");
 *	return tap_done();
 *
 * tap_ok() and tap_is_*() print one line and return whether the test passed. tap_done() prints the
 * plan and returns main()'s status. Freestanding programs link tests/lib/nolibc.*; their formats
 * know %d %i %u %x %c %s %p and %%, with l, ll, z, a width and a leading 0.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if __STDC_HOSTED__
#include <stdio.h>
#define tap_vprint(fmt, ap) vprintf(fmt, ap)
#define tap_flush()	    fflush(stdout)
#else
void tap_vprint(const char *fmt, va_list ap);
#define tap_flush() ((void)0)
#endif

static struct {
	unsigned int run, failed;
} tap;

__attribute__((format(printf, 1, 2))) static inline void tap_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_vprint(fmt, ap);
	va_end(ap);
}

static inline bool tap_line(bool ok, const char *fmt, va_list ap)
{
	tap.failed += !ok;
	tap_print("%sok %u - ", ok ? "" : "not ", ++tap.run);
	tap_vprint(fmt, ap);
	tap_print("\n");
	tap_flush();
	return ok;
}

__attribute__((format(printf, 2, 3))) static inline bool tap_ok(bool ok, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_line(ok, fmt, ap);
	va_end(ap);
	return ok;
}

__attribute__((format(printf, 3, 4))) static inline bool tap_is_u64(uint64_t got, uint64_t want,
								    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_line(got == want, fmt, ap);
	va_end(ap);
	if (got != want)
		tap_print("#   got %llu (0x%llx)\n#  want %llu (0x%llx)\n", (unsigned long long)got,
			  (unsigned long long)got, (unsigned long long)want,
			  (unsigned long long)want);
	return got == want;
}

__attribute__((format(printf, 3, 4))) static inline bool tap_is_i64(int64_t got, int64_t want,
								    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_line(got == want, fmt, ap);
	va_end(ap);
	if (got != want)
		tap_print("#   got %lld\n#  want %lld\n", (long long)got, (long long)want);
	return got == want;
}

/* Print the result of a test that cannot run here, with the reason. */
__attribute__((format(printf, 1, 2))) static inline void tap_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_print("ok %u # SKIP ", ++tap.run);
	tap_vprint(fmt, ap);
	va_end(ap);
	tap_print("\n");
}

static inline int tap_done(void)
{
	tap_print("1..%u\n", tap.run);
	tap_flush();
	return tap.failed || !tap.run;
}

#endif
