/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts in a line of the screen of `pvtime top`: how they are shown, measured and cut. */
#include <locale.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/top/line.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void is_line(const char *text, unsigned most, const char *want, unsigned columns,
		    const char *name)
{
	struct top_line line;

	top_line_begin(&line, 20, TOP_PLAIN);
	top_line_add(&line, text, most);
	if (!tap_ok(strcmp(line.text, want) == 0 && line.used == columns, "%s", name))
		tap_print("# '%s' in %u columns\n", line.text, line.used);
}

static void test_text(void)
{
	is_line("\xc3\xa9", 20, "\\xc3\\xa9", 8,
		"without UTF-8, a letter of UTF-8 is shown as its bytes");
	is_line("a\tb", 20, "a?b", 3, "a tab has one column");
	is_line("abcdef", 4, "abc~", 4, "a text that is cut ends in ~");
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
		tap_skip("this system has no locale C.UTF-8");
		return;
	}
	is_line("\xc3\xa9", 20, "\xc3\xa9", 1, "with UTF-8, a letter has one column");
	is_line("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 20, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
		6, "wide characters have two columns");
	is_line("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, "\xe6\x97\xa5~", 3,
		"no half of a wide character is shown");
	is_line("e\xcc\x81x", 20, "e\xcc\x81x", 2, "a combining accent has no column");
	is_line("\x1b[2J", 20, "\\x1b[2J", 7,
		"with UTF-8, a control character is shown as its number");
	setlocale(LC_CTYPE, "C");
}

static void test_percent(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {{0, "-"},		 {1, "0.0"},	     {999400, "99.9"},	  {999600, "100"},
		     {99990000, "9999"}, {512000000, "51k"}, {UINT64_MAX, "999k"}};
	char text[TOP_PERCENT];

	for (size_t i = 0; i < COUNT(cases); i++) {
		top_percent(text, cases[i].ns, 1000000);
		tap_ok(strcmp(text, cases[i].text) == 0, "%llu of 1000000 is %s %%",
		       (unsigned long long)cases[i].ns, cases[i].text);
	}
	top_percent(text, 1, 0);
	tap_ok(strcmp(text, "-") == 0, "an interval of 0 has no percentages");
}

int main(void)
{
	test_text();
	test_percent();
	return tap_done();
}
