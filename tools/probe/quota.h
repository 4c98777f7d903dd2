/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_QUOTA_H
#define TOOLS_PROBE_QUOTA_H

#include <stdbool.h>
#include "tools/probe/facts.h"

/*
 * Of the cgroups (v2) above this thread, find the one that has waited longest for its quota, and
 * store it in `quota` if that is longer than what `quota` has. The time is throttled_usec of
 * cpu.stat, which sums over the CPUs on which the cgroup had something to run.
 */
void probe_quota(struct probe_quota *quota, int root, unsigned pid, unsigned tid);

#endif
