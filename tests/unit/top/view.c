/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of `pvtime top`: what they do to the order, the selection and the filter. */
#include <stdlib.h>
#include <string.h>
#include "tests/unit/top/three_vms.h"
#include "tools/top/columns.h"
#include "tools/top/part.h"

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

/* The rows of a kind that the arrow down can select, from the first one on. */
static size_t count_selectable(enum top_kind kind)
{
	struct top_view view;
	struct top_list list;
	size_t at = 0;

	top_view_begin(&view, kind);
	for (;;) {
		key(&view, TOP_KEY_DOWN);
		bool good = top_view_list(&list, &view, &rows) && list.selected == at + 1;
		free(list.row);
		if (!good)
			return at + 1;
		at++;
	}
}

static void test_parts(void)
{
	for (enum top_kind kind = TOP_ROW_CPU; kind <= TOP_ROW_CGROUP; kind++) {
		const struct top_row *row;

		tap_ok(top_rows_divide(&rows, kind), "there are parts");
		tap_is_u64(count_selectable(kind), top_rows_of(&rows, kind, &row),
			   "the arrow down selects one part after the other");
	}
}

static void test_columns(void)
{
	struct top_view view;

	top_view_begin(&view, TOP_ROW_VM);
	press(&view, "<r");
	tap_ok(view.sort == TOP_BY_RUN && view.reversed, "VMs can be sorted by their run");
	press(&view, "v");
	tap_ok(view.sort == TOP_BY_STOLEN && !view.reversed,
	       "CPUs, which have no run, are sorted by the stolen time");
	press(&view, "<");
	tap_is_u64(view.sort, TOP_BY_NAME, "a column that the rows do not have is passed over");
	press(&view, "<");
	tap_is_u64(view.sort, TOP_BY_UNATTRIBUTED, "the last column is to the left of the first");
	press(&view, ">v");
	tap_is_u64(view.sort, TOP_BY_NAME, "the order is kept if the new rows have the column");
}

/* A quota of 11 is the limit of the real-time class; a thief of 11 has no name; 12 has others. */
static void change(void)
{
	for (size_t i = 0; i < sample.thief_count; i++) {
		struct top_thief *thief = &sample.thieves[i];

		if (thief->cause == TOP_QUOTA && thief->victim == 11)
			thief->cgroup = TOP_REALTIME;
		else if (thief->cause == TOP_PROCESS && thief->victim == 11)
			thief->name[0] = '\0';
		else if (thief->cause == TOP_PROCESS && thief->victim == 12)
			thief->cpu = TOP_NO_CPU;
	}
}

/* Go down by one row each. Returns the row with that name, or NULL. */
static const struct top_row *reach(struct top_view *view, const char *name)
{
	const struct top_row *row = NULL;
	struct top_list list;
	bool more = true;

	key(view, TOP_KEY_HOME);
	for (size_t at = 0; more && row == NULL; at++) {
		more = top_view_list(&list, view, &rows) && list.count > 0 && list.selected == at;
		if (more && strcmp(list.row[at]->name, name) == 0)
			row = list.row[at];
		free(list.row);
		key(view, TOP_KEY_DOWN);
	}
	return row;
}

static void test_part_names(void)
{
	struct top_view view;

	change();
	top_cgroups_begin(&cgroups, &rows.sample);
	top_view_begin(&view, TOP_ROW_THIEF);
	tap_ok(top_rows_divide(&rows, view.kind) && reach(&view, "?") != NULL &&
		       reach(&view, "quota of the real-time class") != NULL &&
		       reach(&view, "process others") != NULL,
	       "the arrow down reaches each thief, and the limit of a class is one");
	tap_ok(reach(&view, "process 50") != NULL, "a process without a name is shown by its PID");
	top_view_begin(&view, TOP_ROW_CPU);
	const struct top_row *none = top_rows_divide(&rows, view.kind) ? reach(&view, "?") : NULL;
	tap_ok(none != NULL && none->vcpus == 2,
	       "what is of no CPU was stolen from one vCPU, or is unattributed of the other");
}

int main(void)
{
	/* In place of the ID of a cgroup with a quota: the limit of the real-time class. */
	for (size_t i = 0; i < COUNT(cells); i++)
		if (cells[i].cgroup == 8)
			cells[i].cgroup = TOP_REALTIME;
	if (three_begin()) {
		test_keys();
		test_parts();
		test_columns();
		test_part_names();
	}
	three_end();
	return tap_done();
}
