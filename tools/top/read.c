/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include "tools/report.h"
#include "tools/top/read.h"

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
	for (size_t i = 0; i < sample->count; i++)
		if (sample->threads[i].exited && sample->threads[i].run_ns == 0 &&
		    sample->threads[i].stolen_ns == 0)
			bpf_map_delete_elem(program->vcpus, &sample->threads[i].thread);
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
