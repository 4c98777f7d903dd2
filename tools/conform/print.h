/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_PRINT_H
#define TOOLS_CONFORM_PRINT_H

/*
 * Printing the results. The same results give the same bytes: the output has no date, no duration
 * and no path of this machine. pvtime-conform(1) and pvtime-json(5) describe the formats.
 */
#include <stdio.h>
#include "tools/conform/result.h"

/* Escape sequences that go before a word; empty strings without colours. */
struct conform_look {
	const char *title, *good, *bad, *weak, *dim, *plain;
};

void conform_report_table(const struct conform_report *report, const struct conform_look *look,
			  FILE *out);
void conform_report_tap(const struct conform_report *report, FILE *out);
void conform_report_json(const struct conform_report *report, FILE *out);
void conform_report_markdown(const struct conform_report *report, FILE *out);

/* --list: the rules with their cases, the rules without one, and the runs of each target. */
void conform_report_list(const struct conform_target *const *targets, size_t count, FILE *out);

/* Stands for the clause of a weaker case. */
#define CONFORM_NO_CLAUSE "no document at hand asks for it"

/*
 * Words that the formats share: for a verdict in a table, for how a run ended, and a plan's axes in
 * one line.
 */
const char *conform_verdict_word(enum conform_verdict verdict);
const char *conform_status_word(enum conform_status status);
void conform_axes(const struct run_plan *plan, char *text, size_t room);

#endif
