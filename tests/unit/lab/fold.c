/* SPDX-License-Identifier: BSD-2-Clause */
/* Long lines of guests on a terminal that several of them write to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/lab/fold.h"

/*
 * No row is wider than the terminal, however its characters are counted, and each begins with the
 * VM's name.
 */
int main(void)
{
	static const struct {
		unsigned columns;
		const char *text, *want, *name;
	} cases[] = {
		{20, "", "a| \n", "an empty line as one row"},
		{20, "0123456789abcdef", "a| 0123456789abcdef\n", "a line that fits as one row"},
		{20, "0123456789abcdefb| x", "a| 0123456789abcdef\na|+b| x\n",
		 "a longer line as rows that begin with the name"},
		{20, "0123456789abcdef0123456789abcdef",
		 "a| 0123456789abcdef\na|+0123456789abcdef\n", "no empty row at the end"},
		{14, "0\u00e9\u00e9\u00e9\u00e9\u00e9", "a| 0\u00e9\u00e9\u00e9\u00e9\na|+\u00e9\n",
		 "characters that are not ASCII as two columns each"},
		{20, "0\t1\t2\t3", "a| 0    1       2\na|+     3\n", "tabs as spaces"},
		{0, "0123456789", "a| 01234567\na|+89\n",
		 "rows of 8 columns for a terminal that is too narrow"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		fold_write(out, "a", cases[i].text, cases[i].columns);
		fclose(out);
		tap_ok(strcmp(text, cases[i].want) == 0, "fold_write() writes %s", cases[i].name);
		free(text);
	}
	return tap_done();
}
