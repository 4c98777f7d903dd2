/* SPDX-License-Identifier: BSD-2-Clause */
/* The table on the terminal, and the figures for gnuplot. */
#include <stdio.h>
#include "tools/bench/tell.h"

#define TITLE "%-47s"
#define CELL  "%10s"

static void print_row(const struct bench_results *results, enum bench_row_id row, FILE *out)
{
	char text[3 * BENCH_TEXT];

	fprintf(out, TITLE, bench_rows[row].title);
	for (unsigned t = 0; t < BENCH_COLUMNS; t++)
		for (unsigned c = 0; c < BENCH_CPUS; c++) {
			bench_format(text, &results->figures[row][t][c], bench_rows[row].unit);
			fprintf(out, CELL, text);
		}
	for (unsigned c = 0; c < BENCH_CPUS; c++) {
		bench_format_ratio(text, results, row, (enum bench_cpu)c);
		fprintf(out, CELL, text);
	}
	bench_format_goal(text, results, row);
	fprintf(out, "  %s\n", text);
}

static void print_accuracy(const struct bench_results *results, FILE *out)
{
	bool first = true;

	for (unsigned i = 0; i < BENCH_ACCURACIES; i++) {
		const struct bench_accuracy *a = &results->accuracy[i];
		if (a->vcpus == 0)
			continue;
		if (first)
			fprintf(out,
				"\nAccuracy, greatest differences in ns: structure against ledger, guest against ledger,\ngap over stolen; in %% of the CPU: share against weight or cap\n");
		first = false;
		fprintf(out, "%-12s %u vCPU%s %4.0f s  structure %.0f  guest %.0f", a->name,
			a->vcpus, a->vcpus > 1 ? "s" : " ", a->seconds, a->structure_ns,
			a->guest_ns);
		if (a->gaps)
			fprintf(out, "  gap %.0f", a->gap_ns);
		if (a->shares)
			fprintf(out, "  share %.4f", a->share_points);
		if (a->proc)
			fprintf(out, "  /proc/stat %.0f", a->proc_ns);
		fputc('\n', out);
	}
}

void bench_table(const struct bench_results *results, FILE *out)
{
	static const char *const heads[] = {"pvtime", "Linux KVM", "Xen", "peer/ours"};
	bool first = true;

	for (unsigned r = 0; r < BENCH_ROWS; r++) {
		if (!bench_row_told(results, BENCH_PVTIME, BENCH_COLUMNS, (enum bench_row_id)r))
			continue;
		if (first) {
			fprintf(out, TITLE, "Instructions, best of all batches");
			for (unsigned i = 0; i < 4; i++)
				fprintf(out, CELL CELL, heads[i], "");
			fprintf(out, "\n" TITLE, "");
			for (unsigned i = 0; i < 4; i++)
				fprintf(out, CELL CELL, "a57", "n1");
			fprintf(out, "  goal\n");
		}
		first = false;
		print_row(results, (enum bench_row_id)r, out);
	}
	bench_ports_table(results, out);
	print_accuracy(results, out);
	fputc('\n', out);
	for (unsigned t = 0; t < BENCH_TARGETS; t++)
		if (results->versions[t][0] != '\0')
			fprintf(out, "%s: %s\n", bench_target_names[t], results->versions[t]);
}

/*
 * A line for each path that is counted in instructions and has a figure of a peer: the name and the
 * figures, "?" for a missing one.
 */
void bench_data(const struct bench_results *results, FILE *out)
{
	fprintf(out, "# path; instructions on cortex-a57, neoverse-n1: pvtime, kvm, xen\n");
	for (unsigned r = 0; r < BENCH_ROWS; r++) {
		if (bench_rows[r].unit != BENCH_INSTRUCTIONS || bench_rows[r].source == BENCH_OWN ||
		    bench_best_peer(results, (enum bench_row_id)r, BENCH_A57) <= 0)
			continue;
		fputs(bench_rows[r].name, out);
		for (unsigned t = 0; t < BENCH_COLUMNS; t++)
			for (unsigned c = 0; c < BENCH_CPUS; c++) {
				const struct bench_figure *f = &results->figures[r][t][c];
				if (f->state == BENCH_MEASURED && f->best > 0)
					fprintf(out, " %.2f", f->best);
				else
					fputs(" ?", out);
			}
		fputc('\n', out);
	}
}
