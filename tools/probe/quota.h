/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_QUOTA_H
#define TOOLS_PROBE_QUOTA_H

#include <stdbool.h>
#include "tools/probe/facts.h"

/*
 * The cgroup (v2) above this thread that has been kept waiting longest for its quota, if that is
 * longer than what `quota` has; cpu.stat's throttled_usec, which adds up the time of each CPU on
 * which the cgroup had something to do.
 */
void probe_quota(struct probe_quota *quota, int root, unsigned pid, unsigned tid);

#endif
