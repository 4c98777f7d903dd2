/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_TELL_H
#define TOOLS_BENCH_TELL_H

/*
 * The results for people and for gnuplot. Nothing in them depends on when or where the command is
 * run.
 */
#include "tools/bench/bench.h"

#define BENCH_TEXT 32u

/* A figure as all of them have it: "31.0", "839.6 M", "1.0012". */
void bench_format(char text[BENCH_TEXT], const struct bench_figure *figure, enum bench_unit unit);

/* "47.1x": the best peer's figure over ours; "" where there are not both. */
void bench_format_ratio(char text[BENCH_TEXT], const struct bench_results *results,
			enum bench_row_id row, enum bench_cpu cpu);

#define BENCH_MISSED ", missed"

/*
 * What is to be reached, "32", or for each CPU "730 / 540", and whether it is: ", met" or
 * BENCH_MISSED; "" where nothing is.
 */
void bench_format_goal(char text[3 * BENCH_TEXT], const struct bench_results *results,
		       enum bench_row_id row);

/* Whether any target has a figure, or a reason for none. */
bool bench_row_told(const struct bench_results *results, enum bench_row_id row);

void bench_table(const struct bench_results *results, FILE *out);
void bench_data(const struct bench_results *results, FILE *out);
void bench_accuracy_markdown(const struct bench_results *results, FILE *out);

/*
 * `profile`: a file of what costs cycles, which bench/profile writes; one that is not there is said
 * to be so.
 */
void bench_markdown(const struct bench_results *results, const char *profile, FILE *out);
void bench_profile_markdown(const struct bench_results *results, const char *profile, FILE *out);

/*
 * Our figures of `results` against those of `before`: true where none is more than 5 % and more
 * than 5 worse, or gone. Each that is has one line on standard error, in which `name` is where
 * `before` is from.
 */
bool bench_compare(const struct bench_results *results, const struct bench_results *before,
		   const char *name);

#endif
