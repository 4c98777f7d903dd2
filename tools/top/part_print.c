/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "tools/top/group.h"
#include "tools/top/part.h"
#include "tools/top/tell.h"
#include "tools/top/text.h"
#include "tools/top/view.h"

static void print_group(struct top_text *text, const struct top_group *group,
			struct top_cgroups *cgroups)
{
	top_text_ns(text, group->ns);
	top_text_add(text, top_cause_word(group->cause));
	if (group->cause == TOP_QUOTA) {
		top_text_add(text, " of ");
		top_text_name(text, top_cgroups_whose(cgroups, group->cgroup));
	} else if (group->name[0] != '\0') {
		top_text_add(text, " ");
		top_text_name(text, group->name);
	}
	if (group->process != 0) {
		top_text_add(text, ", process ");
		top_text_number(text, group->process, 0);
	} else if (group->thread != 0) {
		top_text_add(text, ", thread ");
		top_text_number(text, group->thread, 0);
	}
	top_text_add(text, "\n");
}

/* A line for the part, and one for each thief or victim. */
static bool print_part(struct top_text *text, const struct top_row *part,
		       const struct top_rows *rows)
{
	struct top_groups groups;
	bool good = top_groups_make(&groups, part);

	top_text_name(text, part->name);
	top_text_add(text, ", in ");
	top_text_number(text, rows->interval_ns, 0);
	top_text_share(text, " ns: stolen ", part->sum.stolen_ns, rows->interval_ns);
	top_text_print(text, " of %zu vCPU%s\n", part->vcpus, part->vcpus == 1 ? "" : "s");
	for (size_t i = 0; good && i < groups.count; i++)
		print_group(text, &groups.group[i], rows->cgroups);
	if (part->sum.unattributed > 0) {
		top_text_ns(text, part->sum.unattributed);
		top_text_add(text, "unattributed\n");
	}
	free(groups.group);
	return good;
}

bool top_print_parts(const struct top_rows *rows, FILE *out)
{
	struct top_text text;
	struct top_view view;
	struct top_list list;

	top_view_begin(&view, rows->parts->kind);
	bool good = top_view_list(&list, &view, rows);
	top_text_begin(&text, out);
	for (size_t i = 0; good && i < list.count; i++)
		good = print_part(&text, list.row[i], rows);
	if (good && list.count == 0)
		top_text_print(&text, "%s\n", top_no_parts_word(true));
	top_text_end(&text);
	free(list.row);
	return good;
}
