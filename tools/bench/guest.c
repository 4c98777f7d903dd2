/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the output of the benchmark's guest: a heading, a line for each path, and a last line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/bench/run.h"

static const char heading[] = "# bench ", done[] = "# bench done";
static const char word_line[] = "BENCH name=";

/* Whether the run measures that row. */
static bool wanted(const struct bench_run *run, unsigned row)
{
	enum bench_source source = bench_rows[row].source;

	if (run->kind->plan.pcpus > 1)
		return source == BENCH_PAIR;
	return source == BENCH_GUEST || (source == BENCH_LIBRARY && run->target == BENCH_PVTIME);
}

void bench_guest_words(const struct bench_run *run, char *text, size_t room)
{
	size_t n = (size_t)snprintf(text, room, "paths=");
	const char *before = "";

	for (unsigned r = 0; r < BENCH_ROWS && n < room; r++) {
		if (!wanted(run, r))
			continue;
		n += (size_t)snprintf(text + n, room - n, "%s%s", before, bench_rows[r].name);
		before = ",";
	}
}

/* Read "KEY=" and a number, which a blank or the end of the line must follow. */
static bool take_number(const char **at, const char *key, double *number)
{
	char *end;

	if (strncmp(*at, key, strlen(key)) != 0)
		return false;
	*at += strlen(key);
	errno = 0;
	*number = strtod(*at, &end);
	bool good = end != *at && errno == 0 && (*end == ' ' || *end == '\0');
	*at = end + strspn(end, " ");
	return good;
}

/* The part of a path's line after its name. */
static bool read_figure(const char *at, struct bench_figure *figure)
{
	static const char skip[] = "skip=";
	double best, median, n, batches;

	if (strncmp(at, skip, strlen(skip)) == 0 && at[strlen(skip)] != '\0') {
		bench_skipped(figure, at + strlen(skip));
		return true;
	}
	if (!take_number(&at, "best=", &best) || !take_number(&at, "median=", &median) ||
	    !take_number(&at, "n=", &n) || !take_number(&at, "batches=", &batches) || *at != '\0' ||
	    best < 0 || median < best || n < 1 || batches < 1)
		return false;
	bench_measured(figure, best, median);
	return true;
}

static bool read_line(const struct bench_run *run, const char *line, struct bench_results *results,
		      char *why)
{
	const char *name = line + strlen(word_line);
	size_t length = strcspn(name, " ");
	enum bench_row_id row = bench_find_row(name, length);

	if (row == BENCH_ROWS || !wanted(run, row)) {
		snprintf(why, RUN_WHY, "'%.100s' is not a path of this run", line);
		return false;
	}
	struct bench_figure *figure = &results->figures[row][run->target][run->cpu];
	if (figure->state != BENCH_ABSENT) {
		snprintf(why, RUN_WHY, "%s has two lines", bench_rows[row].name);
		return false;
	}
	if (name[length] == ' ' && read_figure(name + length + 1, figure))
		return true;
	snprintf(why, RUN_WHY, "'%.200s' is not a result", line);
	return false;
}

/* Whether each path that the run should measure has a line. */
static bool all_there(const struct bench_run *run, const struct bench_results *results, char *why)
{
	for (unsigned r = 0; r < BENCH_ROWS; r++)
		if (wanted(run, r) &&
		    results->figures[r][run->target][run->cpu].state == BENCH_ABSENT) {
			snprintf(why, RUN_WHY, "%s has no line", bench_rows[r].name);
			return false;
		}
	return true;
}

bool bench_guest_read(const struct bench_run *run, struct bench_results *results, char *why)
{
	bool begun = false, ended = false;
	const char *end = run->text + run->length;

	for (const char *at = run->text; at < end && !ended;) {
		size_t n = strcspn(at, "\r\n");
		char line[512];

		snprintf(line, sizeof(line), "%.*s", (int)(n < 511 ? n : 511), at);
		bool last = strcmp(line, done) == 0;
		ended = begun && last;
		begun = begun || (!last && strncmp(line, heading, strlen(heading)) == 0);
		if (begun && strncmp(line, word_line, strlen(word_line)) == 0 &&
		    !read_line(run, line, results, why))
			return false;
		at += n;
		at += strspn(at, "\r\n");
	}
	if (!ended) {
		snprintf(why, RUN_WHY, "the output has no line '%s'", begun ? done : heading);
		return false;
	}
	return all_there(run, results, why);
}
