/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_QUOTA_H
#define TOOLS_TOP_QUOTA_H

/* What to raise where the quota (cpu.max) of its own cgroup, or of one above it, held a vCPU. */
#include "tools/top/names.h"
#include "tools/top/sample.h"

#define TOP_CPU_MAX 64u /* bytes of a text like "50000 100000" */

struct top_quota {
	char path[TOP_CGROUP]; /* of the cgroup */
	char now[TOP_CPU_MAX]; /* its cpu.max: quota and period, in us; "": it is gone */
	char least
		[TOP_CPU_MAX]; /* what cpu.max would have to be at least; "": it has no quota now */
	double quota_ms, period_ms; /* of `now`, if `least` is not "" */
};

/* A class of the scheduler with a limit of its own. */
struct top_class {
	const char *name;
	const char *whose; /* what comes after "quota of" */
	const char *raise; /* what to raise */
};

/* The class, if it is that in place of a cgroup's ID; otherwise NULL. */
const struct top_class *top_class_of(uint64_t cgroup);

/*
 * Find out what the quota of the cgroup with quota->path would have to be, if all vCPUs waited so
 * long for it in the interval. In a period in which the group was throttled, it has used all of its
 * quota, and would have needed what they waited as well. The mean of these sums over all periods of
 * the interval is a lower bound for the largest one. `root` as in names.h.
 */
void top_quota_compute(struct top_quota *quota, uint64_t waited_ns, uint64_t interval_ns, int root);

#endif
