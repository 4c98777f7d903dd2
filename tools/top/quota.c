/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include "tools/top/quota.h"

const struct top_class *top_class_of(uint64_t cgroup)
{
	static const struct top_class realtime = {"real-time", "the real-time class",
						  "sysctl kernel.sched_rt_runtime_us"};
	static const struct top_class deadline = {"deadline", "the deadline class",
						  "the thread's runtime (chrt)"};

	if (cgroup == TOP_REALTIME)
		return &realtime;
	return cgroup == TOP_DEADLINE ? &deadline : NULL;
}

static void compute_least(struct top_quota *quota, uint64_t us, uint64_t period_us, uint64_t waited,
			  uint64_t interval_ns)
{
	/* The mean wait in a period, rounded up. A double has 53 bits, which is 104 days in ns. */
	double mean = (double)waited * (double)period_us / (double)interval_ns;
	uint64_t more = (uint64_t)mean + ((double)(uint64_t)mean < mean);

	quota->quota_ms = (double)us / 1e3;
	quota->period_ms = (double)period_us / 1e3;
	snprintf(quota->least, sizeof(quota->least), "%" PRIu64 " %" PRIu64, us + more, period_us);
}

void top_quota_compute(struct top_quota *quota, uint64_t waited_ns, uint64_t interval_ns, int root)
{
	uint64_t us, period_us;

	quota->least[0] = '\0';
	if (!top_cgroup_quota(quota->now, sizeof(quota->now), root, quota->path))
		quota->now[0] = '\0';
	else if (interval_ns > 0 &&
		 sscanf(quota->now, "%" SCNu64 " %" SCNu64, &us, &period_us) == 2)
		compute_least(quota, us, period_us, waited_ns, interval_ns);
}
