/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include "tools/probe/tell.h"
#include "tools/top/tell.h"

const char *top_cause_word(enum top_cause cause)
{
	static const char *const words[TOP_CAUSES] = {
		[TOP_VM] = "vm",	 [TOP_SELF] = "self",	[TOP_PROCESS] = "process",
		[TOP_KERNEL] = "kernel", [TOP_QUOTA] = "quota", [TOP_IDLE] = "idle",
	};

	return words[cause];
}

const char *top_none_word(const struct top_sample *sample, bool chosen)
{
	return chosen ? "No such VM is running." : probe_none_word(sample->unknown != NULL);
}

const char *top_part_word(enum top_kind kind)
{
	return kind == TOP_ROW_CPU ? "cpu" : kind == TOP_ROW_THIEF ? "thief" : "cgroup";
}

const char *top_no_parts_word(bool causes)
{
	return causes ? "No time was stolen."
		      : "Without causes, the stolen time cannot be divided.";
}

void top_limit_text(char *text, size_t room, const char *path, int root)
{
	char quota[64];

	if (top_cgroup_quota(quota, sizeof(quota), root, path))
		snprintf(text, room, "quota of %s: raise cpu.max, now %s", path, quota);
	else
		snprintf(text, room, "quota of %s", path);
}

const char *top_thief_name(const struct top_thief *thief)
{
	if (thief->cause == TOP_IDLE)
		return "";
	if (thief->cause == TOP_QUOTA && top_class_of(thief->cgroup) != NULL)
		return top_class_of(thief->cgroup)->name;
	return thief->vm != NULL && thief->vm[0] != '\0' ? thief->vm : thief->name;
}
