/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/probe/quota.h"
#include "tools/top/limits.h"

static int by_path(const void *a, const void *b)
{
	const struct top_limit *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int by_all(const void *a, const void *b)
{
	const struct top_limit *x = a, *y = b;
	int order = by_path(a, b);

	return order != 0 ? order : (x->process > y->process) - (x->process < y->process);
}

/* By process, and then the longest first. */
static int by_process(const void *a, const void *b)
{
	const struct top_throttled *x = a, *y = b;

	if (x->process != y->process)
		return x->process > y->process ? 1 : -1;
	return x->ns != y->ns ? (x->ns < y->ns ? 1 : -1) : strcmp(x->cgroup, y->cgroup);
}

static bool append(struct top_limits *limits, const char *path, uint32_t process)
{
	size_t count = limits->count;

	/* Grow whenever the count is a power of two. */
	if ((count & (count - 1)) == 0) {
		size_t room = count == 0 ? 1 : 2 * count;
		void *more = realloc(limits->limit, room * sizeof(*limits->limit));

		if (more == NULL)
			return false;
		limits->limit = more;
	}
	char *copy = strdup(path);
	if (copy == NULL)
		return false;
	limits->limit[limits->count++] = (struct top_limit){.path = copy, .process = process};
	return true;
}

bool top_limits_add(struct top_limits *limits, int root, uint32_t process, uint32_t thread)
{
	char path[PATH_MAX];

	if (!probe_cgroup(path, root, process, thread))
		return true;
	/* The root is the last one: if its cpu.stat can be read, there are cgroups v2. */
	for (bool more = true; more; more = probe_cgroup_up(path))
		if (strlen(path) < TOP_CGROUP && !append(limits, path, process))
			return false;
	return true;
}

static void drop_doubles(struct top_limits *limits)
{
	size_t kept = 0;

	for (size_t i = 0; i < limits->count; i++) {
		if (kept > 0 && by_all(&limits->limit[kept - 1], &limits->limit[i]) == 0)
			free(limits->limit[i].path);
		else
			limits->limit[kept++] = limits->limit[i];
	}
	limits->count = kept;
}

/* Read the count. What it has grown by is known if it was read before. */
static void read_one(struct top_limit *limit, int root)
{
	uint64_t now = 0;
	bool known = probe_throttled(&now, root, limit->path);

	limit->grown_ns =
		known && limit->known && now > limit->total_ns ? now - limit->total_ns : 0;
	limit->total_ns = now;
	limit->known = known;
}

/* The same cgroup of another process has been read. */
static void copy(struct top_limit *limit, const struct top_limit *from)
{
	limit->total_ns = from->total_ns;
	limit->grown_ns = from->grown_ns;
	limit->known = from->known;
}

void top_limits_sort(struct top_limits *limits, const struct top_limits *before, int root)
{
	if (limits->count == 0)
		return;
	qsort(limits->limit, limits->count, sizeof(*limits->limit), by_all);
	drop_doubles(limits);
	for (size_t i = 0; i < limits->count; i++) {
		struct top_limit *limit = &limits->limit[i];
		const struct top_limit *old = before->count == 0
						      ? NULL
						      : bsearch(limit, before->limit, before->count,
								sizeof(*before->limit), by_path);

		if (old != NULL)
			copy(limit, old);
		else if (i > 0 && by_path(limit, limit - 1) == 0)
			copy(limit, limit - 1);
		else
			read_one(limit, root);
	}
}

bool top_limits_read(struct top_limits *limits, struct top_sample *sample, int root)
{
	sample->throttled = calloc(limits->count + 1, sizeof(*sample->throttled));
	if (sample->throttled == NULL)
		return false;
	for (size_t i = 0; i < limits->count; i++) {
		struct top_limit *limit = &limits->limit[i];

		if (i > 0 && by_path(limit, limit - 1) == 0)
			copy(limit, limit - 1);
		else
			read_one(limit, root);
		if (!limit->known)
			continue;
		struct top_throttled *to = &sample->throttled[sample->throttled_count++];
		*to = (struct top_throttled){.process = limit->process, .ns = limit->grown_ns};
		memcpy(to->cgroup, limit->path, strlen(limit->path) + 1);
	}
	if (sample->throttled_count > 0)
		qsort(sample->throttled, sample->throttled_count, sizeof(*sample->throttled),
		      by_process);
	return true;
}

void top_limits_free(struct top_limits *limits)
{
	for (size_t i = 0; i < limits->count; i++)
		free(limits->limit[i].path);
	free(limits->limit);
	*limits = (struct top_limits){.limit = NULL};
}
