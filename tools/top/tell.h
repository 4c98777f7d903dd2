/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_TELL_H
#define TOOLS_TOP_TELL_H

/* Prints a sample, as lines for people and as JSON; pvtime-json(5) describes the format. */
#include <stdbool.h>
#include <stdio.h>
#include "tools/top/cgroups.h"
#include "tools/top/rows.h"
#include "tools/top/sample.h"

/*
 * The sample has its names (known.h), and `cgroups` has begun with it. `rows` are NULL, or of the
 * sample and divided.
 */
void top_print(const struct top_sample *sample, struct top_cgroups *cgroups, FILE *out);
void top_json(const struct top_sample *sample, const struct top_rows *rows,
	      struct top_cgroups *cgroups, FILE *out);

/* Print the parts of rows that are divided, the largest first. false: out of memory. */
bool top_print_parts(const struct top_rows *rows, FILE *out);

/* The cause's word, in both. */
const char *top_cause_word(enum top_cause cause);

/* What to say instead of VMs. `chosen`: the user wants to see some VMs only. */
const char *top_none_word(const struct top_sample *sample, bool chosen);

/* The word for a kind of parts, in an option and in JSON: "cpu", "thief" or "cgroup". */
const char *top_part_word(enum top_kind kind);

/* What to say instead of parts of the stolen time. `causes`: they are known. */
const char *top_no_parts_word(bool causes);

/* What to say of a cgroup's quota if the causes are not known. The text may contain any byte. */
#define TOP_LIMIT_TEXT (TOP_CGROUP + 96u)
void top_limit_text(char *text, size_t room, const char *path, int root);

/*
 * The thief's name: the VM's for another VM's vCPU, "" for a quota and for the idle task, else the
 * thread's. A name may contain any byte.
 */
const char *top_thief_name(const struct top_thief *thief);

#endif
