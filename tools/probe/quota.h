/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_QUOTA_H
#define TOOLS_PROBE_QUOTA_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include "tools/probe/facts.h"

/*
 * The path of the thread's cgroup (v2) below /sys/fs/cgroup, which begins with a slash. false: it
 * cannot be read.
 */
bool probe_cgroup(char path[PATH_MAX], int root, unsigned pid, unsigned tid);

/* Make the path that of the cgroup above it. false: there is none. */
bool probe_cgroup_up(char *path);

/*
 * How long the cgroup's quota has held what is in it: throttled_usec of cpu.stat, which sums over
 * the CPUs on which the cgroup had something to run. 0 if it can have no quota. false: it cannot be
 * read.
 */
bool probe_throttled(uint64_t *ns, int root, const char *cgroup);

/*
 * Of the cgroups (v2) above this thread, find the one that has waited longest for its quota, and
 * store it in `quota` if that is longer than what `quota` has.
 */
void probe_quota(struct probe_quota *quota, int root, unsigned pid, unsigned tid);

#endif
