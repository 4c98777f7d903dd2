/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include "tools/bench/json.h"
#include "tools/json_format.h"
#include "tools/report.h"

/* Twelve digits are enough for each figure, and print the same on every machine. */
#define FORMAT (JSON_INDENT(1) | JSON_REAL_PRECISION(12))

/* Rounded to four decimals, because a quotient may have endless ones. */
static json_t *real(double value)
{
	return json_real(round(value * 1e4) / 1e4);
}

static json_t *figure_to_json(const struct bench_figure *f)
{
	if (f->state == BENCH_SKIPPED)
		return json_pack("{s:s}", "skip", f->skip);
	return json_pack("{s:o, s:o}", "best", real(f->best), "median", real(f->median));
}

/* {"TARGET": {"CPU": figure}} of all figures present. */
static json_t *figures_to_json(const struct bench_results *results, enum bench_row_id row)
{
	json_t *all = json_object();

	for (unsigned t = 0; t < BENCH_TARGETS; t++) {
		json_t *of = json_object();
		for (unsigned c = 0; c < BENCH_CPUS; c++)
			if (results->figures[row][t][c].state != BENCH_ABSENT)
				json_object_set_new(of, bench_cpu_names[c],
						    figure_to_json(&results->figures[row][t][c]));
		if (json_object_size(of) > 0)
			json_object_set(all, bench_target_names[t], of);
		json_decref(of);
	}
	return all;
}

static json_t *rows_to_json(const struct bench_results *results)
{
	json_t *rows = json_array();

	for (unsigned r = 0; r < BENCH_ROWS; r++) {
		json_t *figures = figures_to_json(results, (enum bench_row_id)r);
		if (json_object_size(figures) > 0)
			json_array_append_new(
				rows, json_pack("{s:s, s:s, s:O}", "name", bench_rows[r].name,
						"title", bench_rows[r].title, "figures", figures));
		json_decref(figures);
	}
	return rows;
}

static json_t *accuracy_to_json(const struct bench_accuracy *a)
{
	json_t *o = json_pack("{s:s, s:i, s:o, s:o, s:o}", "run", a->name, "vcpus", (int)a->vcpus,
			      "seconds", real(a->seconds), "structure_ns", real(a->structure_ns),
			      "guest_ns", real(a->guest_ns));

	if (a->gaps) {
		json_object_set_new(o, "gap_ns", real(a->gap_ns));
		json_object_set_new(o, "early_ns", real(a->early_ns));
	}
	if (a->shares)
		json_object_set_new(o, "share_points", real(a->share_points));
	if (a->proc)
		json_object_set_new(o, "proc_ns", real(a->proc_ns));
	return o;
}

bool bench_json_write(const struct bench_results *results, FILE *out)
{
	json_t *versions = json_object(), *accuracy = json_array();

	for (unsigned t = 0; t < BENCH_TARGETS; t++)
		if (results->versions[t][0] != '\0')
			json_object_set_new(versions, bench_target_names[t],
					    json_string(results->versions[t]));
	for (unsigned i = 0; i < BENCH_ACCURACIES; i++)
		if (results->accuracy[i].vcpus > 0)
			json_array_append_new(accuracy, accuracy_to_json(&results->accuracy[i]));
	json_t *all = json_pack("{s:s, s:i, s:o, s:o, s:o}", "format", JSON_BENCH_FORMAT, "version",
				JSON_BENCH_VERSION, "versions", versions, "rows",
				rows_to_json(results), "accuracy", accuracy);
	bool good = all != NULL && json_dumpf(all, out, FORMAT) == 0 && fputc('\n', out) != EOF;

	json_decref(all);
	return good;
}

static bool number_of(const json_t *object, const char *key, double *number)
{
	const json_t *value = json_object_get(object, key);

	*number = json_number_value(value);
	return json_is_number(value);
}

static bool figure_from_json(const json_t *value, struct bench_figure *f)
{
	const char *skip = json_string_value(json_object_get(value, "skip"));
	double best, median;

	if (skip != NULL) {
		bench_skipped(f, skip);
		return true;
	}
	if (!number_of(value, "best", &best) || !number_of(value, "median", &median))
		return false;
	bench_measured(f, best, median);
	return true;
}

static bool row_from_json(const json_t *row, struct bench_results *results)
{
	const char *name = json_string_value(json_object_get(row, "name"));
	const json_t *figures = json_object_get(row, "figures");

	if (name == NULL || !json_is_object(figures))
		return false;
	enum bench_row_id id = bench_find_row(name, strlen(name));
	for (unsigned t = 0; t < BENCH_TARGETS && id != BENCH_ROWS; t++)
		for (unsigned c = 0; c < BENCH_CPUS; c++) {
			const json_t *value =
				json_object_get(json_object_get(figures, bench_target_names[t]),
						bench_cpu_names[c]);
			if (value != NULL && !figure_from_json(value, &results->figures[id][t][c]))
				return false;
		}
	return true;
}

static bool accuracy_from_json(const json_t *o, struct bench_accuracy *a)
{
	const char *name = json_string_value(json_object_get(o, "run"));
	double vcpus;

	if (name == NULL || !number_of(o, "vcpus", &vcpus) ||
	    !number_of(o, "seconds", &a->seconds) ||
	    !number_of(o, "structure_ns", &a->structure_ns) ||
	    !number_of(o, "guest_ns", &a->guest_ns))
		return false;
	snprintf(a->name, sizeof(a->name), "%s", name);
	a->vcpus = (unsigned)vcpus;
	a->gaps = number_of(o, "gap_ns", &a->gap_ns) && number_of(o, "early_ns", &a->early_ns);
	a->shares = number_of(o, "share_points", &a->share_points);
	a->proc = number_of(o, "proc_ns", &a->proc_ns);
	return true;
}

static bool all_from_json(const json_t *all, struct bench_results *results)
{
	const json_t *versions = json_object_get(all, "versions");
	const json_t *rows = json_object_get(all, "rows");
	const json_t *accuracy = json_object_get(all, "accuracy");
	bool good = json_is_object(versions) && json_is_array(rows) && json_is_array(accuracy) &&
		    json_array_size(accuracy) <= BENCH_ACCURACIES;

	for (unsigned t = 0; t < BENCH_TARGETS; t++) {
		const char *text =
			json_string_value(json_object_get(versions, bench_target_names[t]));
		snprintf(results->versions[t], sizeof(results->versions[t]), "%s",
			 text != NULL ? text : "");
	}
	for (size_t i = 0; good && i < json_array_size(rows); i++)
		good = row_from_json(json_array_get(rows, i), results);
	for (size_t i = 0; good && i < json_array_size(accuracy); i++)
		good = accuracy_from_json(json_array_get(accuracy, i), &results->accuracy[i]);
	return good;
}

bool bench_json_is(const json_t *object, const char *format, int version)
{
	const char *found = json_string_value(json_object_get(object, "format"));

	return found != NULL && strcmp(found, format) == 0 &&
	       json_integer_value(json_object_get(object, "version")) == version;
}

bool bench_json_check(const json_t *object, const char *path, const char *format, int version)
{
	const char *found = json_string_value(json_object_get(object, "format"));

	if (bench_json_is(object, format, version))
		return true;
	report("%s: found format '%s', version %lld; expected format '%s', version %d", path,
	       found != NULL ? found : "none",
	       (long long)json_integer_value(json_object_get(object, "version")), format, version);
	return false;
}

bool bench_json_read(struct bench_results *results, const char *path)
{
	json_error_t error;
	FILE *in = fopen(path, "re");

	memset(results, 0, sizeof(*results));
	if (in == NULL) {
		report("%s: %m; expected the figures that 'make bench' writes", path);
		return false;
	}
	json_t *all = json_loadf(in, 0, &error);
	fclose(in);
	if (all == NULL) {
		report("%s:%d: %s; expected the figures that 'make bench' writes", path, error.line,
		       error.text);
		return false;
	}
	bool good = bench_json_check(all, path, JSON_BENCH_FORMAT, JSON_BENCH_VERSION);
	if (good && !all_from_json(all, results)) {
		report("%s: the figures are incomplete; expected those that 'make bench' writes",
		       path);
		good = false;
	}
	json_decref(all);
	return good;
}
