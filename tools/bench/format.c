/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include "tools/bench/tell.h"

static void format_number(char text[BENCH_TEXT], double value, enum bench_unit unit)
{
	if (unit == BENCH_TIMES)
		snprintf(text, BENCH_TEXT, "%.4f", value);
	else if (unit == BENCH_INSTRUCTIONS && value >= 1e6)
		snprintf(text, BENCH_TEXT, "%.1f M", value / 1e6);
	else
		snprintf(text, BENCH_TEXT, unit == BENCH_BYTES || value >= 100 ? "%.0f" : "%.1f",
			 value);
}

void bench_format(char text[BENCH_TEXT], const struct bench_figure *figure, enum bench_unit unit)
{
	if (figure->state == BENCH_MEASURED)
		format_number(text, figure->best, unit);
	else
		snprintf(text, BENCH_TEXT, "-");
}

void bench_format_ratio(char text[BENCH_TEXT], const struct bench_results *results,
			enum bench_row_id row, enum bench_cpu cpu)
{
	const struct bench_figure *ours = &results->figures[row][BENCH_PVTIME][cpu];
	double peer = bench_best_peer(results, row, cpu);

	text[0] = '\0';
	if (ours->state == BENCH_MEASURED && ours->best > 0 && peer > 0)
		snprintf(text, BENCH_TEXT, "%.2fx", peer / ours->best);
}

/* Goals are rounded to whole numbers, except those of quotients. */
static void format_goal(char text[BENCH_TEXT], double goal, enum bench_unit unit)
{
	if (unit == BENCH_TIMES)
		snprintf(text, BENCH_TEXT, "%g", goal);
	else
		snprintf(text, BENCH_TEXT, "%.0f", goal);
}

void bench_format_goal(char text[3 * BENCH_TEXT], const struct bench_results *results,
		       enum bench_row_id row)
{
	char goals[BENCH_CPUS][BENCH_TEXT] = {"", ""};
	bool judged = false, met = true, one = bench_rows[row].goal == BENCH_AT_MOST;

	text[0] = '\0';
	for (unsigned c = 0; c < BENCH_CPUS; c++) {
		const struct bench_figure *f = &results->figures[row][BENCH_PVTIME][c];
		double goal;

		if (!bench_goal_of(results, row, (enum bench_cpu)c, &goal))
			return;
		format_goal(goals[c], goal, bench_rows[row].unit);
		judged |= f->state == BENCH_MEASURED;
		met &= f->state != BENCH_MEASURED || f->best <= goal;
	}
	snprintf(text, 3 * BENCH_TEXT, "%s%s%s%s", goals[0], one ? "" : " / ", one ? "" : goals[1],
		 !judged ? ""
		 : met	 ? ", met"
			 : BENCH_MISSED);
}

bool bench_row_told(const struct bench_results *results, unsigned first, unsigned end,
		    enum bench_row_id row)
{
	for (unsigned t = first; t < end; t++)
		for (unsigned c = 0; c < BENCH_CPUS; c++)
			if (results->figures[row][t][c].state != BENCH_ABSENT)
				return true;
	return false;
}
