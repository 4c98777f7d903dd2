/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "tools/top/group.h"
#include "tools/top/part.h"
#include "tools/top/tell.h"

/*
 * The threads of another VM, or of a process, are one group; any other thread is one by itself, and
 * so is each cgroup with a quota.
 */
static uint64_t key(const struct top_group *group)
{
	if (group->cause == TOP_QUOTA)
		return group->cgroup;
	return group->cause == TOP_VM || group->cause == TOP_PROCESS ? group->process
								     : group->thread;
}

static int by_key(const void *a, const void *b)
{
	const struct top_group *x = a, *y = b;

	if (x->cause != y->cause)
		return x->cause > y->cause ? 1 : -1;
	if (key(x) != key(y))
		return key(x) > key(y) ? 1 : -1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

static int by_time(const void *a, const void *b)
{
	const struct top_group *x = a, *y = b;

	return x->ns != y->ns ? (x->ns < y->ns ? 1 : -1) : by_key(a, b);
}

static void sort(struct top_group *groups, size_t count, int (*compare)(const void *, const void *))
{
	if (count > 0)
		qsort(groups, count, sizeof(*groups), compare);
}

/* One thread may have stolen from several vCPUs. */
static size_t merge_threads(struct top_group *groups, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (n > 0 && by_key(&groups[n - 1], &groups[i]) == 0)
			groups[n - 1].ns += groups[i].ns;
		else
			groups[n++] = groups[i];
	}
	return n;
}

/* `most` is the time of the group's thread so far, of which the group has the name. */
static size_t merge_groups(struct top_group *groups, size_t count)
{
	uint64_t most = 0;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		struct top_group *last = n > 0 ? &groups[n - 1] : NULL;

		if (last == NULL || last->cause != groups[i].cause ||
		    key(last) != key(&groups[i])) {
			most = groups[i].ns;
			groups[n++] = groups[i];
			continue;
		}
		struct top_group both = groups[i].ns > most ? groups[i] : *last;
		most = groups[i].ns > most ? groups[i].ns : most;
		both.ns = last->ns + groups[i].ns;
		both.threads = last->threads + 1;
		*last = both;
	}
	return n;
}

static struct top_group group_of_thief(const struct top_thief *thief)
{
	return (struct top_group){
		.cause = thief->cause,
		.process = thief->process,
		.thread = thief->thread,
		.threads = 1,
		.cgroup = thief->cgroup,
		.name = top_thief_name(thief),
		.ns = thief->ns,
	};
}

/* A victim is shown as another VM is. */
static struct top_group group_of_victim(const struct top_thread *victim, uint64_t ns)
{
	return (struct top_group){
		.cause = TOP_VM,
		.process = victim->process,
		.thread = victim->thread,
		.threads = 1,
		.name = victim->vm,
		.ns = ns,
	};
}

bool top_groups_make(struct top_groups *groups, const struct top_row *row)
{
	size_t n = row->share_count;

	*groups = (struct top_groups){.group = calloc(n + 1, sizeof(*groups->group))};
	if (groups->group == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		groups->group[i] =
			top_row_has_victims(row->kind)
				? group_of_victim(row->shares[i].victim, row->shares[i].thief->ns)
				: group_of_thief(row->shares[i].thief);
	sort(groups->group, n, by_key);
	groups->count = merge_groups(groups->group, merge_threads(groups->group, n));
	sort(groups->group, groups->count, by_time);
	return true;
}
