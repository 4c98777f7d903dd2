/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_CGROUPS_H
#define TOOLS_TOP_CGROUPS_H

/*
 * The cgroups of thieves and quotas. The path of a cgroup cannot change, so it is known from one
 * interval to the next; cpu.max can, and is read once in each.
 */
#include "tools/top/index.h"
#include "tools/top/quota.h"

struct top_cgroup {
	bool found; /* the path is valid */
	bool asked; /* for its quota in this interval; the rest of `quota` is valid if `found` */
	uint64_t waited_ns; /* for its quota, in this interval */
	struct top_quota quota;
};

/* Begin with zeroes but `root`, which is as in names.h. */
struct top_cgroups {
	int root;
	const struct top_sample *sample;
	struct top_cgroup *cgroups;
	size_t count;
	struct top_index by_id;
};

/* The next questions are about this sample. */
void top_cgroups_begin(struct top_cgroups *cgroups, const struct top_sample *sample);

/* The path, valid until the next sample; NULL: it cannot be found. */
const char *top_cgroups_path(struct top_cgroups *cgroups, uint64_t id);

/*
 * Whose quota it is, in words that come after "quota of": the class that is in place of a cgroup's
 * ID, or the cgroup's path, which may contain any byte. The quotas of others have the ID 0.
 */
const char *top_cgroups_whose(struct top_cgroups *cgroups, uint64_t id);

/* The quota, valid until the next sample; NULL: the cgroup cannot be found. */
const struct top_quota *top_cgroups_quota(struct top_cgroups *cgroups, uint64_t id);

void top_cgroups_free(struct top_cgroups *cgroups);

#endif
