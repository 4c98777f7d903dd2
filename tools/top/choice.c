/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/top/choice.h"
#include "tools/top/names.h"

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

void top_choice_keep(const struct top_choice *choice, struct top_sample *sample, int root)
{
	char name[TOP_TEXT];
	bool chosen = false;
	uint32_t process = 0;
	size_t kept = 0;

	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];

		if (i == 0 || thread->process != process) {
			process = thread->process;
			name[0] = '\0';
			if (choice->name_count > 0)
				probe_vm_name(name, sizeof(name), root, process);
			chosen = top_choice_has(choice, process, name);
		}
		if (chosen)
			sample->threads[kept++] = *thread;
	}
	sample->count = kept;
}
