/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_CONFORM_DRAWN_H
#define TESTS_UNIT_CONFORM_DRAWN_H

/* For the tests of tools/conform/: a report as text, and what must be in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/conform/print.h"

/* Returns the text, which the caller frees. */
static inline char *drawn(const struct conform_report *report,
			  void (*draw)(const struct conform_report *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	draw(report, out);
	fclose(out);
	return text;
}

/*
 * Each `want`, up to a NULL, is in the text, in that order. A # in the name of a test would be a
 * directive of TAP.
 */
static inline void expect(const char *name, const char *text, const char *const *want)
{
	const char *at = text;

	for (; *want != NULL; want++) {
		const char *found = strstr(at, *want), *line = *want + strspn(*want, "\n# ");
		if (!tap_ok(found != NULL, "%s has: %.*s", name, (int)strcspn(line, "\n#"), line)) {
			tap_print("# not after: %.*s\n", (int)strcspn(at, "\n"), at);
			continue;
		}
		at = found + strlen(*want);
	}
}

#endif
