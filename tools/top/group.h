/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_GROUP_H
#define TOOLS_TOP_GROUP_H

/*
 * The thieves of a row: those of one VM or process together, and its quotas; or, of a thief or of a
 * cgroup, its victims, those of one VM together.
 */
#include "tools/top/rows.h"

/*
 * What one VM, process or other thread has taken: the sum over its threads; or a cgroup's quota,
 * with the thread 0 and the name "".
 */
struct top_group {
	enum top_cause cause;
	uint32_t process, thread; /* the thread that took the most */
	unsigned threads;
	uint64_t cgroup;  /* of that thread, or with the quota */
	const char *name; /* the VM's, or else the thread's; it may contain any byte */
	uint64_t ns;
};

/* The worst first. */
struct top_groups {
	struct top_group *group;
	size_t count;
};

/* false: out of memory. Free groups->group in either case. */
bool top_groups_make(struct top_groups *groups, const struct top_row *row);

#endif
