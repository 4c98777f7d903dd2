/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_CHOICE_H
#define TOOLS_TOP_CHOICE_H

/* The VMs of --vm and --pid, to which the report is limited; none: it is not limited. */
#include "tools/probe/pids.h"
#include "tools/top/sample.h"

struct top_choice {
	const char **names; /* of VMs */
	size_t name_count;
	struct probe_pids pids;
};

/* Whether any VM was named. */
bool top_choice_limits(const struct top_choice *choice);

bool top_choice_has(const struct top_choice *choice, uint32_t process, const char *name);

/*
 * Remove the vCPUs of other VMs from the sample. Their thieves stay: how far a quota has to be
 * raised depends on all vCPUs that waited for it (cgroups.h).
 */
void top_choice_keep(const struct top_choice *choice, struct top_sample *sample);

#endif
