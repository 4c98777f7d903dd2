/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_LIMITS_H
#define TOOLS_TOP_LIMITS_H

/* The quotas of VMs by cpu.stat of their cgroups, where no BPF program can tell. */
#include "tools/top/sample.h"

/* A cgroup in which a VM is, or one above it. */
struct top_limit {
	char *path;
	uint32_t process;
	bool known;	   /* the counts are valid */
	uint64_t total_ns; /* so far */
	uint64_t grown_ns; /* in the interval that was read last */
};

/* In the order of paths, then of processes. Begin with zeroes. */
struct top_limits {
	struct top_limit *limit;
	size_t count;
};

/* Append the cgroup of a thread and those above it. false: out of memory. `root` as in names.h. */
bool top_limits_add(struct top_limits *limits, int root, uint32_t process, uint32_t thread);

/* After all threads: take the counts that `before` has, and read those that it does not have. */
void top_limits_sort(struct top_limits *limits, const struct top_limits *before, int root);

/* Read what has been added since the last time. false: out of memory. */
bool top_limits_read(struct top_limits *limits, struct top_sample *sample, int root);

void top_limits_free(struct top_limits *limits);

#endif
