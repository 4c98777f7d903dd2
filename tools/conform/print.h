/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_PRINT_H
#define TOOLS_CONFORM_PRINT_H

/*
 * The results, drawn: the same bytes for the same results, without a date, a duration or a path of
 * this machine. pvtime-conform(1) and pvtime-json(5) describe the formats.
 */
#include <stdio.h>
#include "tools/conform/result.h"

/* Bytes around a word; empty strings where there are no colours. */
struct conform_look {
	const char *title, *good, *bad, *weak, *dim, *plain;
};

void conform_report_table(const struct conform_report *report, const struct conform_look *look,
			  FILE *out);
void conform_report_tap(const struct conform_report *report, FILE *out);
void conform_report_json(const struct conform_report *report, FILE *out);
void conform_report_markdown(const struct conform_report *report, FILE *out);

/* What --list says of the targets: rules with their cases, what no case covers, the runs. */
void conform_report_list(const struct conform_target *const *targets, size_t count, FILE *out);

/* What is said of a weaker case in place of a clause. */
#define CONFORM_NO_CLAUSE "no document at hand asks for it"

/*
 * Words that the formats share: of a verdict in a table; of how a run ended; a plan's axes in one
 * line.
 */
const char *conform_verdict_word(enum conform_verdict verdict);
const char *conform_status_word(enum conform_status status);
void conform_axes(const struct run_plan *plan, char *text, size_t room);

#endif
