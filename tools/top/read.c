/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "tools/report.h"
#include "tools/top/read.h"

/*
 * Forget the cgroup of a thread that has exited, and when it was throttled, if no other vCPU is in
 * it. (One that all its vCPUs have left for another cgroup is kept; that is rare.)
 */
static void forget_group(const struct top_program *program, const struct top_sample *sample,
			 uint64_t group)
{
	struct top_place place = {.group = group};
	int cpus = libbpf_num_possible_cpus();

	for (size_t i = 0; i < sample->count; i++)
		if (sample->threads[i].group == group && !sample->threads[i].exited)
			return;
	bpf_map_delete_elem(program->groups, &group);
	for (; (int)place.cpu < cpus; place.cpu++)
		bpf_map_delete_elem(program->throttled, &place);
}

/*
 * Make room in the maps: delete the epoch's counts, and threads that have exited and had none. (One
 * that has exited may still have counts in the next epoch.)
 */
static void clear(const struct top_program *program, const struct top_sample *sample,
		  const struct top_tables *tables, uint32_t epoch)
{
	const struct top_victim *victims = (const void *)tables->totals.keys;
	const struct top_pair *pairs = (const void *)tables->cells.keys;

	for (size_t i = 0; i < tables->totals.count; i++)
		if (victims[i].epoch == epoch)
			bpf_map_delete_elem(program->totals, &victims[i]);
	for (size_t i = 0; i < tables->cells.count; i++)
		if (pairs[i].epoch == epoch)
			bpf_map_delete_elem(program->cells, &pairs[i]);
	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];

		if (!thread->exited || thread->run_ns != 0 || thread->stolen_ns != 0)
			continue;
		bpf_map_delete_elem(program->vcpus, &thread->thread);
		forget_group(program, sample, thread->group);
	}
}

static bool read_tables(struct top_tables *tables, const struct top_program *program)
{
	return top_elements_read(&tables->cells, program->cells, sizeof(struct top_pair),
				 sizeof(struct top_cell)) &&
	       top_elements_read(&tables->totals, program->totals, sizeof(struct top_victim),
				 sizeof(struct top_counts)) &&
	       top_elements_read(&tables->vcpus, program->vcpus, sizeof(uint32_t),
				 sizeof(struct top_vcpu));
}

bool top_read(struct top_sample *sample, const struct top_program *program, uint32_t epoch)
{
	struct top_tables tables = {.cells = {.count = 0}};
	bool good = read_tables(&tables, program) && top_sample_make(sample, &tables, epoch);

	if (good)
		clear(program, sample, &tables, epoch);
	else
		report("top: the counts cannot be read: %m");
	top_elements_free(&tables.vcpus);
	top_elements_free(&tables.totals);
	top_elements_free(&tables.cells);
	return good;
}
