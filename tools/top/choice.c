/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/top/choice.h"

bool top_choice_limits(const struct top_choice *choice)
{
	return choice->name_count > 0 || choice->pids.count > 0;
}

bool top_choice_has(const struct top_choice *choice, uint32_t process, const char *name)
{
	if (!top_choice_limits(choice))
		return true;
	for (size_t i = 0; i < choice->name_count; i++)
		if (strcmp(choice->names[i], name) == 0)
			return true;
	return probe_pids_has(&choice->pids, process);
}

void top_choice_keep(const struct top_choice *choice, struct top_sample *sample)
{
	size_t kept = 0;

	if (!top_choice_limits(choice))
		return;
	for (size_t i = 0; i < sample->count; i++)
		if (top_choice_has(choice, sample->threads[i].process, sample->threads[i].vm))
			sample->threads[kept++] = sample->threads[i];
	sample->count = kept;
}
