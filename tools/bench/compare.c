/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/bench/tell.h"
#include "tools/report.h"

/* A figure is worse if it exceeds the earlier one by both of these. */
#define FACTOR 1.05
#define MORE   5.0

static bool compare(enum bench_row_id row, enum bench_cpu cpu, const struct bench_figure *now,
		    const struct bench_figure *before, const char *name)
{
	const char *path = bench_rows[row].name, *on = bench_cpu_names[cpu];

	if (before->state != BENCH_MEASURED || now->state == BENCH_ABSENT)
		return true;
	if (now->state == BENCH_SKIPPED) {
		report("%s on %s: cannot be measured any more (%s); %s has %.2f", path, on,
		       now->skip, name, before->best);
		return false;
	}
	if (now->best <= before->best * FACTOR || now->best <= before->best + MORE)
		return true;
	report("%s on %s: %.2f is worse than the %.2f of %s", path, on, now->best, before->best,
	       name);
	return false;
}

bool bench_compare(const struct bench_results *results, const struct bench_results *before,
		   const char *name)
{
	bool good = true;

	for (unsigned r = 0; r < BENCH_ROWS; r++)
		for (unsigned c = 0; c < BENCH_CPUS; c++)
			if (bench_rows[r].unit != BENCH_TIMES)
				good &= compare((enum bench_row_id)r, (enum bench_cpu)c,
						&results->figures[r][BENCH_PVTIME][c],
						&before->figures[r][BENCH_PVTIME][c], name);
	return good;
}
