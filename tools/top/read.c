/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "tools/report.h"
#include "tools/top/index.h"
#include "tools/top/read.h"

/* The cgroups in which a vCPU is that has not exited. */
static bool find_groups(struct top_index *groups, const struct top_sample *sample)
{
	if (!top_index_make(groups, sample->count))
		return false;
	for (size_t i = 0; i < sample->count; i++)
		if (!sample->threads[i].exited &&
		    top_index_find(groups, sample->threads[i].group) == TOP_NOWHERE)
			top_index_put(groups, sample->threads[i].group, i);
	return true;
}

static uint32_t count_watched(const struct top_program *program)
{
	return __atomic_load_n(program->maps.watched, __ATOMIC_ACQUIRE);
}

/*
 * Forget a cgroup that has no vCPU any more, and when it was throttled. (One that all its vCPUs
 * have left for another cgroup is kept; that is rare.) The program may have found a vCPU in it
 * since the count `watched`: then it remains one whose throttles are noted.
 */
static void forget_group(const struct top_program *program, uint64_t group, uint32_t watched)
{
	struct top_place place = {.group = group};
	int cpus = libbpf_num_possible_cpus();
	uint32_t value = 0;

	if (bpf_map_delete_elem(program->groups, &group) != 0)
		return;
	for (; (int)place.cpu < cpus; place.cpu++)
		bpf_map_delete_elem(program->throttled, &place);
	if (count_watched(program) != watched)
		bpf_map_update_elem(program->groups, &group, &value, BPF_ANY);
}

static bool is_over(const struct top_thread *thread)
{
	return thread->exited && thread->run_ns == 0 && thread->stolen_ns == 0;
}

/* Forget threads that have exited and had no counts: the next epoch may have had some. */
static bool forget_exited(const struct top_program *program, const struct top_sample *sample,
			  uint32_t watched)
{
	struct top_index groups = {.slot = NULL};
	bool good = true;

	for (size_t i = 0; good && i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];

		if (!is_over(thread))
			continue;
		if (groups.slot == NULL)
			good = find_groups(&groups, sample);
		top_maps_forget(&program->maps, thread->thread, thread->serial);
		if (good && top_index_find(&groups, thread->group) == TOP_NOWHERE)
			forget_group(program, thread->group, watched);
	}
	top_index_free(&groups);
	return good;
}

bool top_read(struct top_sample *sample, const struct top_program *program, uint32_t epoch)
{
	uint32_t watched = count_watched(program);
	struct top_tables tables;
	bool made =
		top_tables_read(&tables, &program->maps, epoch) && top_sample_make(sample, &tables);
	bool good = made;

	top_maps_clear(&program->maps, epoch);
	if (made)
		good = forget_exited(program, sample, watched);
	if (!good)
		report("top: the counts cannot be read: %m");
	if (made && !good)
		top_sample_free(sample);
	top_tables_free(&tables);
	return good;
}
