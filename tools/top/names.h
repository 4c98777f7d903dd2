/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_NAMES_H
#define TOOLS_TOP_NAMES_H

/*
 * Names of vCPUs and cgroups. tools/probe/vm_name.h has those of VMs. `root` is a descriptor of the
 * directory that has proc/.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/probe/vm_name.h"

#define TOP_TEXT   PROBE_NAME /* bytes: room for a name of any kind; longer ones are cut */
#define TOP_CGROUP 512u	      /* bytes: room for the path of a cgroup */

/* The vCPU's number by its thread's name. false: that has none. */
bool top_vcpu_number(unsigned *number, int root, uint32_t process, uint32_t thread);

/*
 * The path of a cgroup below /sys/fs/cgroup, which begins with a slash. Takes
 * CAP_DAC_READ_SEARCH. false: it cannot be found, is gone, or its path has no room.
 */
bool top_cgroup_path(char *path, size_t room, uint64_t id);

/*
 * The cpu.max of the cgroup with this path: its quota and the period, in us. false: it has none, or
 * is gone.
 */
bool top_cgroup_quota(char *quota, size_t room, int root, const char *path);

#endif
