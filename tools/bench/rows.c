/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"

const char *const bench_target_names[BENCH_TARGETS] = {
	"pvtime",     "kvm",	    "xen",	  "kvm-before", "kvm-mended",
	"kvm-denied", "xen-before", "xen+pvtime", "xen-denied", "none"};
const char *const bench_cpu_names[BENCH_CPUS] = {"cortex-a57", "neoverse-n1"};

const struct bench_row bench_rows[BENCH_ROWS] = {
#define BENCH_ROW(name, source, unit, goal, number, title) \
	{#name, title, BENCH_##source, BENCH_##unit, BENCH_##goal, number},
#include "tools/bench/rows.def"
#undef BENCH_ROW
};

enum bench_row_id bench_find_row(const char *name, size_t length)
{
	unsigned i = 0;

	while (i < BENCH_ROWS && (strlen(bench_rows[i].name) != length ||
				  memcmp(bench_rows[i].name, name, length) != 0))
		i++;
	return (enum bench_row_id)i;
}

void bench_measured(struct bench_figure *figure, double best, double median)
{
	*figure = (struct bench_figure){BENCH_MEASURED, best, median, ""};
}

void bench_skipped(struct bench_figure *figure, const char *why)
{
	*figure = (struct bench_figure){.state = BENCH_SKIPPED};
	snprintf(figure->skip, sizeof(figure->skip), "%s", why);
}

double bench_best_peer(const struct bench_results *results, enum bench_row_id row,
		       enum bench_cpu cpu)
{
	double best = 0;

	for (unsigned t = BENCH_KVM; t <= BENCH_XEN; t++) {
		const struct bench_figure *f = &results->figures[row][t][cpu];

		if (f->state == BENCH_MEASURED && (best <= 0 || f->best < best))
			best = f->best;
	}
	return best;
}

bool bench_goal_of(const struct bench_results *results, enum bench_row_id row, enum bench_cpu cpu,
		   double *goal)
{
	const struct bench_row *r = &bench_rows[row];
	double peer = bench_best_peer(results, row, cpu);

	*goal = r->goal == BENCH_SHARE ? r->number * peer : r->number;
	return r->goal == BENCH_AT_MOST || (r->goal == BENCH_SHARE && peer > 0);
}

/*
 * row = over / under. `under` is the target's own figure, or with `bare` that of the machine
 * without a hypervisor.
 */
static void divide(struct bench_results *results, enum bench_row_id row, enum bench_row_id over,
		   enum bench_row_id under, bool bare)
{
	for (unsigned t = 0; t < BENCH_NONE; t++)
		for (unsigned c = 0; c < BENCH_CPUS; c++) {
			const struct bench_figure *a = &results->figures[over][t][c];
			const struct bench_figure *b =
				&results->figures[under][bare ? BENCH_NONE : t][c];

			if (a->state == BENCH_SKIPPED)
				bench_skipped(&results->figures[row][t][c], a->skip);
			if (a->state != BENCH_MEASURED || b->state != BENCH_MEASURED ||
			    b->best <= 0)
				continue;
			bench_measured(&results->figures[row][t][c], a->best / b->best,
				       a->median / b->median);
		}
}

void bench_derive(struct bench_results *results)
{
	divide(results, BENCH_ROW_boot, BENCH_ROW_boot_time, BENCH_ROW_boot_time, true);
	divide(results, BENCH_ROW_many, BENCH_ROW_switch_64, BENCH_ROW_switch_2, false);
}
