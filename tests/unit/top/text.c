/* SPDX-License-Identifier: BSD-2-Clause */
/* The writer of reports, the index of threads, and their order. */
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/top/index.h"
#include "tools/top/order.h"
#include "tools/top/text.h"

static bool is(const char *got, const char *want)
{
	return got != NULL && strcmp(got, want) == 0;
}

/* In 65536 elements, each number is found in a few steps: a loop over all would take minutes. */
static void test_index(void)
{
	struct top_index index;
	uint64_t wrong = 0;

	if (!tap_ok(top_index_make(&index, 65536), "an index is made"))
		return;
	for (uint64_t i = 0; i < 65536; i++)
		top_index_put(&index, i * 65536, i);
	for (uint64_t i = 0; i < 65536; i++)
		wrong += top_index_find(&index, i * 65536) != i ||
			 top_index_find(&index, i * 65536 + 1) != TOP_NOWHERE;
	tap_is_u64(wrong, 0, "an index finds 65536 numbers, and no other");
	top_index_free(&index);
}

static bool is_sorted(const struct top_order *order, size_t count, uint64_t factor)
{
	for (size_t i = 0; i < count; i++)
		if (order[i].key != i / 2 * factor || order[i].place != i)
			return false;
	return true;
}

/* Each key twice. 7 and 500 have no common divisor, so 7 * i % 500 takes all values. */
static void test_order(void)
{
	static const uint64_t factors[] = {1, 1 << 20, UINT64_C(1) << 55, UINT64_C(0x100000001)};
	static struct top_order order[1000], spare[1000];
	unsigned wrong = 0;

	for (size_t f = 0; f < sizeof(factors) / sizeof(factors[0]); f++) {
		for (size_t i = 0; i < 500; i++)
			for (size_t k = 0; k < 2; k++) {
				size_t at = 7 * i % 500;

				order[i + 500 * k] =
					(struct top_order){at * factors[f], 2 * at + k};
			}
		wrong += !is_sorted(top_order_sort(order, spare, 1000), 1000, factors[f]);
	}
	tap_is_u64(wrong, 0, "places are sorted by their keys, and those of one key stay in order");
	tap_ok(top_order_sort(order, spare, 0) == order && top_order_sort(order, spare, 1) == order,
	       "none and one are in order");
}

/* Each number whose length differs from that of a neighbour. */
static void write_lengths(struct top_text *text)
{
	uint64_t least = 1;

	for (unsigned digits = 1; digits <= 20; digits++, least *= 10) {
		top_text_number(text, least - 1, 0);
		top_text_number(text, least, 0);
	}
}

static char *written(void (*write)(struct top_text *text))
{
	struct top_text text;
	char *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);

	top_text_begin(&text, out);
	write(&text);
	top_text_end(&text);
	fclose(out);
	return all;
}

static void write_numbers(struct top_text *text)
{
	top_text_number(text, 0, 0);
	top_text_number(text, 9, 3);
	top_text_number(text, 10, 2);
	top_text_number(text, 1234567890, 12);
	top_text_number(text, UINT64_MAX, 20);
	top_text_number(text, UINT64_C(10000000000000000000), 0);
	top_text_number(text, UINT64_C(9999999999999999999), 20);
	top_text_signed(text, INT64_MIN);
	top_text_signed(text, 5);
}

static void write_names(struct top_text *text)
{
	top_text_print(text, "%d", 5);
	top_text_name(text, "a b");
	top_text_name(text, "\x1b[1m\"");
	top_text_json(text, "a b");
	top_text_json(text, "");
	top_text_json(text, NULL);
	top_text_json(text, "a\"\\\n\x7f\xc3\xa9");
	top_text_json(text, "\xc3\"");
}

static void write_much(struct top_text *text)
{
	char most[2 * sizeof(text->bytes)];

	memset(most, 'x', sizeof(most));
	most[sizeof(most) - 1] = '\0';
	for (unsigned i = 0; i < sizeof(text->bytes); i++)
		top_text_number(text, i % 10, 0);
	top_text_add(text, most);
	top_text_number(text, 1, 20);
	top_text_json(text, most);
}

static void test_text(void)
{
	char *text = written(write_numbers);

	tap_ok(is(text, "0  910  123456789018446744073709551615100000000000000000"
			"00 9999999999999999999-92233720368547758085"),
	       "numbers of all lengths are written");
	free(text);
	text = written(write_lengths);
	tap_ok(strlen(text) == 401 && strncmp(text, "01910991009991000", 17) == 0 &&
		       is(text + 401 - 39, "999999999999999999910000000000000000000"),
	       "a number has as many digits as it needs");
	free(text);
	text = written(write_names);
	tap_ok(is(text, "5a b\\x1b[1m\"\"a b\"\"\"null\"a\\\"\\\\\\n\x7f\\u00E9\"\"?\\\"\""),
	       "names are made visible, or strings of JSON in ASCII");
	free(text);
	text = written(write_much);
	size_t part = sizeof(((struct top_text *)NULL)->bytes);
	tap_is_u64(strlen(text), part + 2 * part - 1 + 20 + 2 * part + 1,
		   "what exceeds the buffer is written");
	tap_ok(text[part - 1] == '1' && text[part] == 'x', "the order is kept");
	free(text);
}

int main(void)
{
	test_index();
	test_order();
	test_text();
	return tap_done();
}
