/* SPDX-License-Identifier: BSD-2-Clause */
/* What costs cycles on each path: the table of what bench/profile has counted. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/bench/tell.h"
#include "tools/report.h"

static const char *const columns[] = {"instructions", "exceptions",    "eret",	       "isb",
				      "dsb",	      "sysreg_writes", "sysreg_reads", "tlbi"};
#define FUNCTIONS_MAX 64u
#define COLUMNS	      (sizeof(columns) / sizeof(columns[0]))

static void print_path(const char *path, const json_t *counts, FILE *out)
{
	double operations = json_number_value(json_object_get(counts, "operations"));

	fprintf(out, operations > 1 ? "| `%s`, %.0f times |" : "| `%s` |", path, operations);
	for (size_t i = 0; i < COLUMNS; i++) {
		const json_t *n = json_object_get(counts, columns[i]);
		if (json_is_number(n))
			fprintf(out, " %.10g |", json_number_value(n));
		else
			fputs(" - |", out);
	}
	fputc('\n', out);
}

struct function {
	const char *name;
	double count;
};

/* Most first; by name where they have the same. */
static int by_count(const void *a, const void *b)
{
	const struct function *f = a, *g = b;

	return f->count > g->count ? -1 : f->count < g->count ? 1 : strcmp(f->name, g->name);
}

static void print_functions(const char *path, json_t *functions, FILE *out)
{
	struct function all[FUNCTIONS_MAX];
	size_t n = 0;
	const char *name;
	json_t *count;

	json_object_foreach(functions, name, count) if (n < FUNCTIONS_MAX) all[n++] =
		(struct function){name, json_number_value(count)};
	if (n == 0)
		return;
	qsort(all, n, sizeof(all[0]), by_count);
	fprintf(out, "- `%s`:", path);
	for (size_t i = 0; i < n; i++)
		fprintf(out, " %s %.10g%s", all[i].name, all[i].count, i + 1 < n ? "," : "");
	fputc('\n', out);
}

/* In the order of the table of rows; what is no row is left out. */
static void print_profile(const json_t *profile, FILE *out)
{
	fprintf(out, "\nOf this hypervisor, at EL2, one operation each on cortex-a57 "
		     "(`bench/profile`):\n\n"
		     "| path | instructions | exceptions | ERET | ISB | DSB | MSR | MRS | TLBI |\n"
		     "|---|---|---|---|---|---|---|---|---|\n");
	for (unsigned r = 0; r < BENCH_ROWS; r++) {
		const json_t *counts = json_object_get(profile, bench_rows[r].name);
		if (counts != NULL)
			print_path(bench_rows[r].name, counts, out);
	}
	fprintf(out, "\nWhere the instructions of a path go:\n\n");
	for (unsigned r = 0; r < BENCH_ROWS; r++)
		print_functions(
			bench_rows[r].name,
			json_object_get(json_object_get(profile, bench_rows[r].name), "functions"),
			out);
}

void bench_profile_markdown(const char *profile, FILE *out)
{
	json_error_t error;

	if (access(profile, F_OK) != 0) {
		fprintf(out,
			"\nThey have not been counted: `bench/profile --json FILE` does that, and\n"
			"`pvtime bench --profile FILE` draws it.\n");
		return;
	}
	json_t *all = json_load_file(profile, 0, &error);
	if (json_is_object(all)) {
		print_profile(all, out);
	} else {
		report("%s: %s; the page goes without it", profile,
		       all != NULL ? "not an object of paths" : error.text);
		fprintf(out, "\nWhat `bench/profile` left cannot be read.\n");
	}
	json_decref(all);
}
