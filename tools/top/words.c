/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include "tools/probe/vm_name.h"
#include "tools/top/tell.h"

const char *top_cause_word(enum top_cause cause)
{
	static const char *const words[TOP_CAUSES] = {
		[TOP_VM] = "vm",	 [TOP_SELF] = "self",	[TOP_PROCESS] = "process",
		[TOP_KERNEL] = "kernel", [TOP_QUOTA] = "quota", [TOP_IDLE] = "idle",
	};

	return words[cause];
}

void top_quota_text(char *text, size_t room, uint64_t cgroup, int root)
{
	char path[TOP_TEXT], quota[64];

	if (!top_cgroup_path(path, sizeof(path), cgroup))
		snprintf(text, room, "quota of a cgroup that is gone");
	else if (!top_cgroup_quota(quota, sizeof(quota), root, path))
		snprintf(text, room, "quota: raise cpu.max of %s", path);
	else
		snprintf(text, room, "quota: raise cpu.max of %s, now %s", path, quota);
}

void top_thief_name(char *name, size_t room, const struct top_thief *thief, int root)
{
	name[0] = '\0';
	if (thief->cause == TOP_VM)
		probe_vm_name(name, room, root, thief->process);
	if (name[0] == '\0' && thief->cause != TOP_IDLE)
		snprintf(name, room, "%s", thief->name);
}
