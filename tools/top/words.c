/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/top/tell.h"

const char *top_cause_word(enum top_cause cause)
{
	static const char *const words[TOP_CAUSES] = {
		[TOP_VM] = "vm",	 [TOP_SELF] = "self",	[TOP_PROCESS] = "process",
		[TOP_KERNEL] = "kernel", [TOP_QUOTA] = "quota", [TOP_IDLE] = "idle",
	};

	return words[cause];
}

const char *top_thief_name(const struct top_thief *thief)
{
	if (thief->cause == TOP_IDLE || thief->cause == TOP_QUOTA)
		return "";
	return thief->vm != NULL && thief->vm[0] != '\0' ? thief->vm : thief->name;
}
