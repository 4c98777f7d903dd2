/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/lab/fold.h"
#include "tools/utf8.h"

#define TAB 8u

/*
 * The columns that a character takes. For characters that are not ASCII, terminals differ, but none
 * uses more than two columns. So two is assumed; at worst a row ends early.
 */
static size_t width_of(char character, size_t column)
{
	if (character == '\t')
		return TAB - column % TAB;
	return (unsigned char)character < 0x80 ? 1 : 2;
}

void fold_write(FILE *out, const char *name, const char *text, unsigned columns)
{
	const size_t start = strlen(name) + 2;
	/*
	 * The last column stays free, because terminals differ in what they do after printing
	 * there.
	 */
	const size_t end = columns > start + TAB ? columns - 1 : start + TAB;
	size_t column = start;

	fprintf(out, "%s| ", name);
	for (size_t n; *text != '\0'; text += n) {
		size_t width = width_of(*text, column);

		if (column + width > end) {
			fprintf(out, "\n%s|+", name);
			column = start;
			width = width_of(*text, column);
		}
		n = utf8_length((unsigned char)*text);
		if (*text == '\t')
			fprintf(out, "%*s", (int)width, "");
		else
			fwrite(text, 1, n, out);
		column += width;
	}
	fputc('\n', out);
}
