/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of `pvtime top`: what they do to the order, the selection and the filter. */
#include <stdlib.h>
#include <string.h>
#include "tests/unit/top/three_vms.h"

/* The names of the list, in order, the selected one in brackets. */
static const char *order(const struct top_view *view)
{
	static char text[256];
	struct top_list list;
	FILE *out = fmemopen(text, sizeof(text), "w");

	top_view_list(&list, view, &rows);
	for (size_t i = 0; i < list.count; i++)
		fprintf(out, i == list.selected ? "[%u]" : " %u ",
			list.row[i]->sum.thread ? list.row[i]->sum.thread
						: list.row[i]->sum.process);
	fputc('\0', out);
	fclose(out);
	free(list.row);
	return text;
}

static void is_order(const struct top_view *view, const char *want, const char *name)
{
	const char *got = order(view);

	if (!tap_ok(strcmp(got, want) == 0, "%s", name))
		tap_print("# got '%s', want '%s'\n", got, want);
}

static void key(struct top_view *view, int code)
{
	top_view_key(view, code, &rows);
}

static void test_keys(void)
{
	struct top_view view;

	top_view_begin(&view, TOP_ROW_VM);
	is_order(&view, "[10] 20  30 ", "VMs are in the order of their stolen time");
	key(&view, TOP_KEY_DOWN);
	is_order(&view, " 10 [20] 30 ", "the arrow down selects the next row");
	press(&view, "r");
	is_order(&view, " 30 [20] 10 ", "a selected row is followed when it moves");
	press(&view, "rf");
	is_order(&view, " 11 [21] 12  31 ", "the same VM is selected among the vCPUs");
	key(&view, TOP_KEY_END);
	is_order(&view, " 11  21  12 [31]", "End selects the last row");
	press(&view, "fk");
	is_order(&view, " 10 [20] 30 ", "k selects the row above");
	key(&view, TOP_KEY_HOME);
	press(&view, ">>");
	is_order(&view, "[10] 20  30 ", "the first row stays selected when the order changes");
	press(&view, "<<<<<");
	is_order(&view, "[30] 20  10 ", "names ascend");
	press(&view, "/e");
	tap_ok(top_view_key(&view, 'q', &rows) && view.typing, "q is a character of the filter");
	key(&view, TOP_KEY_ERASE);
	is_order(&view, "[10]", "the filter leaves the names that contain it");
	press(&view, "\n");
	tap_ok(!top_view_key(&view, 'q', &rows), "q quits after the filter has been typed");
	key(&view, TOP_KEY_ESCAPE);
	tap_ok(view.filter[0] == '\0', "Escape drops the filter");
}

int main(void)
{
	if (three_begin())
		test_keys();
	three_end();
	return tap_done();
}
