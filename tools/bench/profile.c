/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of operations that cost cycles on each path, from the counts of bench/profile. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/bench/json.h"
#include "tools/bench/tell.h"
#include "tools/json_format.h"
#include "tools/report.h"

static const char *const columns[] = {"instructions", "exceptions",    "eret",	       "isb",
				      "dsb",	      "sysreg_writes", "sysreg_reads", "tlbi"};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void print_path(const char *path, const json_t *counts, FILE *out)
{
	double operations = json_number_value(json_object_get(counts, "operations"));

	fprintf(out, operations > 1 ? "| `%s`, %.0f operations |" : "| `%s` |", path, operations);
	for (size_t i = 0; i < COLUMNS; i++) {
		const json_t *n = json_object_get(counts, columns[i]);
		if (json_is_number(n))
			fprintf(out, " %.10g |", json_number_value(n));
		else
			fputs(" - |", out);
	}
	fputc('\n', out);
}

/* A row that misses its goal: the instructions at EL2, by the cause of each exit. */
static void print_missed(const struct bench_results *results, enum bench_row_id row,
			 const json_t *counts, FILE *out)
{
	double operations = json_number_value(json_object_get(counts, "operations"));
	char on[BENCH_CPUS][BENCH_TEXT], goal[3 * BENCH_TEXT];
	const json_t *visit;
	size_t i;

	for (unsigned c = 0; c < BENCH_CPUS; c++)
		bench_format(on[c], &results->figures[row][BENCH_PVTIME][c], bench_rows[row].unit);
	bench_format_goal(goal, results, row);
	fprintf(out, "- `%s`, %s / %s (%s)", bench_rows[row].name, on[BENCH_A57], on[BENCH_N1],
		goal);
	if (counts == NULL) {
		fprintf(out, ": `bench/profile` does not count this path.\n");
		return;
	}
	fprintf(out, ": %.10g instructions at EL2",
		json_number_value(json_object_get(counts, "instructions")));
	if (operations > 1)
		fprintf(out, " for %.10g operations", operations);
	json_array_foreach(json_object_get(counts, "visits"), i, visit)
		fprintf(out, "%s%.10g after %s", i > 0 ? ", " : ": ",
			json_number_value(json_object_get(visit, "instructions")),
			json_string_value(json_object_get(visit, "kind")));
	fputs(".\n", out);
}

static void print_all_missed(const struct bench_results *results, const json_t *profile, FILE *out)
{
	bool any = false;

	for (unsigned r = 0; r < BENCH_ROWS; r++) {
		char goal[3 * BENCH_TEXT];

		bench_format_goal(goal, results, (enum bench_row_id)r);
		if (strstr(goal, BENCH_MISSED) == NULL)
			continue;
		if (!any)
			fprintf(out,
				"\nGoals that are missed, with the instructions after each exception to EL2:\n\n");
		any = true;
		print_missed(results, (enum bench_row_id)r,
			     json_object_get(profile, bench_rows[r].name), out);
	}
}

/* In the order of the table of rows; paths that are not rows are ignored. */
static void print_profile(const struct bench_results *results, const json_t *profile, FILE *out)
{
	fprintf(out,
		"\nWhat this hypervisor executes at EL2 in one round trip of each path, on cortex-a57 (`bench/profile`):\n\n"
		"| path | instructions | exceptions | ERET | ISB | DSB | MSR | MRS | TLBI |\n"
		"|---|---|---|---|---|---|---|---|---|\n");
	for (unsigned r = 0; r < BENCH_ROWS; r++) {
		const json_t *counts = json_object_get(profile, bench_rows[r].name);
		if (counts != NULL)
			print_path(bench_rows[r].name, counts, out);
	}
	fprintf(out,
		"\n`make profile` prints the instructions of each path by function, by file, and by exception to EL2.\n");
	print_all_missed(results, profile, out);
}

void bench_profile_markdown(const struct bench_results *results, const char *profile, FILE *out)
{
	json_error_t error;

	if (access(profile, F_OK) != 0) {
		fprintf(out,
			"\nThere are no counts yet: `bench/profile --json FILE` writes them, and `pvtime bench --profile FILE` prints them here.\n");
		return;
	}
	json_t *all = json_load_file(profile, 0, &error);
	if (all == NULL)
		report("%s: %s; expected the counts that 'make profile' writes", profile,
		       error.text);
	if (all != NULL &&
	    bench_json_check(all, profile, JSON_PROFILE_FORMAT, JSON_PROFILE_VERSION))
		print_profile(results, json_object_get(all, "paths"), out);
	else
		fprintf(out, "\nThe counts of `bench/profile` could not be read.\n");
	json_decref(all);
}
