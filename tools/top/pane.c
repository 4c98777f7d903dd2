/* SPDX-License-Identifier: BSD-2-Clause */
/* The pane below the table: the causes and the thieves, or the victims, of one row. */
#include <stdlib.h>
#include "tools/top/columns.h"
#include "tools/top/draw.h"
#include "tools/top/tell.h"

static const char *percent(char text[TOP_PERCENT], uint64_t ns, uint64_t interval_ns)
{
	top_percent(text, ns, interval_ns);
	return text;
}

/* All causes of the stolen time: the table may be too narrow for some of them. */
static void draw_causes(struct top_page *page, const struct top_row *row, uint64_t interval_ns,
			unsigned columns)
{
	struct top_line *line = top_page_line(page, columns, TOP_PLAIN);
	char text[TOP_PERCENT];

	for (int cause = 0; cause < TOP_CAUSES; cause++)
		if (row->sum.by_cause[cause] > 0)
			top_line_print(line, "%s %s, ",
				       top_heading(TOP_BY_CAUSE + (unsigned)cause, row->kind),
				       percent(text, row->sum.by_cause[cause], interval_ns));
	top_line_print(line, "%s %s", top_heading(TOP_BY_UNATTRIBUTED, row->kind),
		       percent(text, row->sum.unattributed, interval_ns));
}

/* A line that names the cgroup with the quota, and one that says what to raise. */
static void draw_quota(struct top_page *page, struct top_line *line, const struct top_group *group,
		       const struct top_rows *rows, unsigned columns)
{
	const struct top_quota *quota = top_cgroups_quota(rows->cgroups, group->cgroup);
	bool known = quota != NULL && quota->least[0] != '\0';

	top_line_print(line, "quota");
	if (known)
		top_line_print(line, ", %g ms in each %g ms,", quota->quota_ms, quota->period_ms);
	top_line_print(line, " of ");
	top_line_add(line, top_cgroups_whose(rows->cgroups, group->cgroup), columns);
	line = top_page_line(page, columns, TOP_PLAIN);
	if (known)
		top_line_print(line, "       raise cpu.max from %s to at least %s", quota->now,
			       quota->least);
	else if (quota != NULL)
		top_line_print(line, "       the quota has changed");
}

/* The limit of the vCPU's class: a line that names the class, and one that says what to raise. */
static void draw_class(struct top_page *page, struct top_line *line, const struct top_class *class,
		       unsigned columns)
{
	top_line_print(line, "quota of %s", class->whose);
	top_line_print(top_page_line(page, columns, TOP_PLAIN), "       raise %s", class->raise);
}

static void draw_thief(struct top_line *line, const struct top_group *group,
		       struct top_cgroups *cgroups, unsigned columns)
{
	const char *path = NULL;

	top_thief(line, top_cause_word(group->cause), group, columns);
	if (group->threads > 1)
		top_line_print(line, ", process %u, %u threads", group->process, group->threads);
	else if (group->thread != 0)
		top_line_print(line, ", thread %u", group->thread);
	if (group->cause == TOP_PROCESS)
		path = top_cgroups_path(cgroups, group->cgroup);
	if (path != NULL) {
		top_line_print(line, " (");
		top_line_add(line, path, columns);
		top_line_print(line, ")");
	}
}

static void draw_group(struct top_page *page, const struct top_group *group,
		       const struct top_rows *rows, unsigned columns)
{
	struct top_line *line = top_page_line(page, columns, TOP_PLAIN);
	char text[TOP_PERCENT];

	top_line_right(line, percent(text, group->ns, rows->interval_ns), 5);
	top_line_print(line, "  ");
	if (group->cause == TOP_QUOTA && top_class_of(group->cgroup) != NULL)
		draw_class(page, line, top_class_of(group->cgroup), columns);
	else if (group->cause == TOP_QUOTA)
		draw_quota(page, line, group, rows, columns);
	else
		draw_thief(line, group, rows->cgroups, columns);
}

static size_t height(const struct top_group *group)
{
	return group->cause == TOP_QUOTA ? 2 : 1;
}

static void draw_pane_title(struct top_page *page, const struct top_rows *rows,
			    const struct top_row *row, unsigned columns)
{
	struct top_line *line = top_page_line(page, columns, TOP_BOLD);
	char text[TOP_PERCENT];

	top_name(line, row, columns);
	if (row->kind >= TOP_ROW_CPU) {
		top_line_print(line, ": stolen %s",
			       percent(text, row->sum.stolen_ns, rows->interval_ns));
		return;
	}
	top_line_print(line, ", process %u", row->sum.process);
	if (row->sum.thread != 0)
		top_line_print(line, ", thread %u, CPU %u", row->sum.thread, row->sum.cpu);
	top_line_print(line, ": run %s", percent(text, row->sum.run_ns, rows->interval_ns));
	top_line_print(line, ", stolen %s", percent(text, row->sum.stolen_ns, rows->interval_ns));
	if (rows->unknown == NULL)
		top_line_print(line, ", interrupts %s",
			       percent(text, row->sum.interrupts_ns, rows->interval_ns));
}

static void draw_guest(struct top_page *page, enum top_guest guest, unsigned columns)
{
	static const char *const meanings[] = {
		[TOP_GUEST_UNKNOWN] = "unknown whether the guest knows what was stolen",
		[TOP_GUEST_NOT_OFFERED] = "not offered, the guest does not know what was stolen",
		[TOP_GUEST_OFF] = "off, the guest does not use what it is offered",
		[TOP_GUEST_ON] = "on, the guest knows what was stolen",
		[TOP_GUEST_MIXED] = "mixed, only some of its vCPUs have it",
	};

	top_line_print(top_page_line(page, columns, TOP_PLAIN), "guest's stolen time: %s",
		       meanings[guest]);
}

/* The thieves that do not fit are counted in the last line. */
static void draw_groups(struct top_page *page, const struct top_groups *groups,
			const struct top_rows *rows, unsigned columns, size_t lines)
{
	size_t shown = 0;

	for (; shown < groups->count; shown++) {
		const struct top_group *group = &groups->group[shown];

		if (height(group) + (shown + 1 < groups->count) > lines)
			break;
		draw_group(page, group, rows, columns);
		lines -= height(group);
	}
	for (size_t i = 0; i < lines; i++) {
		struct top_line *line = top_page_line(page, columns, TOP_PLAIN);

		if (i == 0 && shown < groups->count)
			top_line_print(line, "%zu more", groups->count - shown);
	}
}

/* Without causes, what the quotas of the VM's cgroups took is known nevertheless. */
static void draw_throttled(struct top_page *page, const struct top_rows *rows,
			   const struct top_row *row, unsigned columns, size_t lines)
{
	for (size_t i = 0; i < lines; i++) {
		struct top_line *line = top_page_line(page, columns, TOP_PLAIN);
		char text[TOP_LIMIT_TEXT];

		if (i >= row->throttled_count || row->throttled[i].ns == 0)
			continue;
		top_line_right(line, percent(text, row->throttled[i].ns, rows->interval_ns), 5);
		top_line_print(line, "  ");
		top_limit_text(text, sizeof(text), row->throttled[i].cgroup, rows->cgroups->root);
		top_line_add(line, text, columns);
	}
}

void top_pane(struct top_page *page, const struct top_rows *rows, const struct top_row *row,
	      unsigned columns, size_t lines)
{
	struct top_groups groups;

	if (lines > 0)
		draw_pane_title(page, rows, row, columns);
	if (rows->unknown != NULL) {
		draw_throttled(page, rows, row, columns, lines > 1 ? lines - 1 : 0);
		return;
	}
	top_groups_make(&groups, row);
	size_t head = row->kind < TOP_ROW_CPU ? 3 : 2;
	if (lines > 1)
		draw_causes(page, row, rows->interval_ns, columns);
	if (lines > 2 && head > 2)
		draw_guest(page, row->sum.guest, columns);
	draw_groups(page, &groups, rows, columns, lines > head ? lines - head : 0);
	free(groups.group);
}
