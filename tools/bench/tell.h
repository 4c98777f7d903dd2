/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_TELL_H
#define TOOLS_BENCH_TELL_H

/*
 * The results, for people and for gnuplot. The output does not depend on when or where the command
 * runs.
 */
#include "tools/bench/bench.h"

#define BENCH_TEXT 32u

/* A figure as all formats print it: "31.0", "839.6 M", "1.0012". */
void bench_format(char text[BENCH_TEXT], const struct bench_figure *figure, enum bench_unit unit);

/* "47.10x": the best peer's figure over this hypervisor's; "" unless both are present. */
void bench_format_ratio(char text[BENCH_TEXT], const struct bench_results *results,
			enum bench_row_id row, enum bench_cpu cpu);

#define BENCH_MISSED ", missed"

/*
 * The goal, "32" or for each CPU "730 / 540", followed by ", met" or BENCH_MISSED once it was
 * measured; "" if the row has no goal.
 */
void bench_format_goal(char text[3 * BENCH_TEXT], const struct bench_results *results,
		       enum bench_row_id row);

/* Whether any target from `first` to before `end` has a figure, or a reason why it has none. */
bool bench_row_told(const struct bench_results *results, unsigned first, unsigned end,
		    enum bench_row_id row);

void bench_table(const struct bench_results *results, FILE *out);
void bench_data(const struct bench_results *results, FILE *out);

/* Linux and Xen without and with our ports; nothing of one that was not measured. */
void bench_ports_table(const struct bench_results *results, FILE *out);
void bench_ports_markdown(const struct bench_results *results, FILE *out);

void bench_accuracy_markdown(const struct bench_results *results, FILE *out);

/*
 * `profile`: the file of counts that bench/profile writes. If it does not exist, the page says so.
 */
void bench_markdown(const struct bench_results *results, const char *profile, FILE *out);
void bench_profile_markdown(const struct bench_results *results, const char *profile, FILE *out);

/*
 * Compare this hypervisor's figures in `results` with those in `before`. true: no figure is
 * missing, and none is worse by both more than 5 % and more than 5. Each one that is has a line on
 * standard error; `name` is the file that `before` is from.
 */
bool bench_compare(const struct bench_results *results, const struct bench_results *before,
		   const char *name);

#endif
