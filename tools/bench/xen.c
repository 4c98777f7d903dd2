/* SPDX-License-Identifier: BSD-2-Clause */
/* What stolen time costs Xen: the same source, compiler and guest without and with ports/xen. */
#include <stdio.h>
#include "tools/bench/tell.h"

static const enum bench_target targets[] = {BENCH_XEN_BEFORE, BENCH_XEN_PVTIME, BENCH_XEN_DENIED};
#define TARGETS (sizeof(targets) / sizeof(targets[0]))

static bool told(const struct bench_results *results, unsigned row)
{
	return bench_row_told(results, BENCH_XEN_BEFORE, BENCH_NONE, (enum bench_row_id)row);
}

/* "+12.0 / +12.0": what a row takes more on a target than before; "" unless both are measured. */
static void format_more(char text[2 * BENCH_TEXT], const struct bench_results *results,
			unsigned row, enum bench_target target)
{
	double more[BENCH_CPUS];

	text[0] = '\0';
	for (unsigned c = 0; c < BENCH_CPUS; c++) {
		const struct bench_figure *was = &results->figures[row][BENCH_XEN_BEFORE][c];
		const struct bench_figure *is = &results->figures[row][target][c];

		if (was->state != BENCH_MEASURED || is->state != BENCH_MEASURED)
			return;
		more[c] = is->best - was->best;
	}
	snprintf(text, 2 * BENCH_TEXT, "%+.1f / %+.1f", more[0], more[1]);
}

/* Figures of a target on both CPUs: "5387 / 5583"; "-" without any. */
static void format_both(char text[3 * BENCH_TEXT], const struct bench_results *results,
			unsigned row, enum bench_target target)
{
	char on[BENCH_CPUS][BENCH_TEXT];

	for (unsigned c = 0; c < BENCH_CPUS; c++)
		bench_format(on[c], &results->figures[row][target][c], bench_rows[row].unit);
	if (results->figures[row][target][0].state != BENCH_MEASURED &&
	    results->figures[row][target][1].state != BENCH_MEASURED)
		snprintf(text, 3 * BENCH_TEXT, "-");
	else
		snprintf(text, 3 * BENCH_TEXT, "%s / %s", on[0], on[1]);
}

/* A row of the page or of the table on the terminal. */
static void print_row(const struct bench_results *results, unsigned row, bool page, FILE *out)
{
	char text[3 * BENCH_TEXT];

	if (page)
		fprintf(out, "| %s (`%s`) |", bench_rows[row].title, bench_rows[row].name);
	else
		fprintf(out, "%-47s", bench_rows[row].title);
	for (size_t t = 0; t < TARGETS; t++) {
		format_both(text, results, row, targets[t]);
		fprintf(out, page ? " %s |" : "%17s", text);
	}
	for (size_t t = 1; t < TARGETS; t++) {
		format_more(text, results, row, targets[t]);
		fprintf(out, page ? " %s |" : "%17s", text);
	}
	fputc('\n', out);
}

static bool any(const struct bench_results *results)
{
	for (unsigned r = 0; r < BENCH_ROWS; r++)
		if (told(results, r))
			return true;
	return false;
}

static void print_rows(const struct bench_results *results, bool page, FILE *out)
{
	for (unsigned r = 0; r < BENCH_ROWS; r++)
		if (told(results, r))
			print_row(results, r, page, out);
}

void bench_xen_table(const struct bench_results *results, FILE *out)
{
	if (!any(results))
		return;
	fprintf(out, "\n%-47s%17s%17s%17s%17s%17s\n", "Xen, on a57 / n1", "before", "stolen time",
		"denied", "more", "more, denied");
	print_rows(results, false, out);
}

void bench_xen_markdown(const struct bench_results *results, FILE *out)
{
	if (!any(results))
		return;
	fputs("\n"
	      "## Stolen time on Xen\n"
	      "\n"
	      "Xen from Debian's source, built here twice by the same compiler: unchanged, and with `ports/xen` (`make xen`). The guest\n"
	      "is dom0; in the third column `pvtime=no` denies it stolen time. The last two columns are the differences to the first.\n"
	      "The goal: a switch takes at most 40 instructions more with stolen time; in a domain without it, tests and no call.\n"
	      "\n"
	      "| path | before | with stolen time | denied | more | more, denied |\n"
	      "|---|---|---|---|---|---|\n",
	      out);
	print_rows(results, true, out);
}
