/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_TELL_H
#define TOOLS_TOP_TELL_H

/* Prints a sample, as lines for people and as JSON; pvtime-json(5) describes the format. */
#include <stdbool.h>
#include <stdio.h>
#include "tools/top/names.h"
#include "tools/top/sample.h"

/* `root` as in names.h. */
void top_print(const struct top_sample *sample, int root, FILE *out);

/* false: out of memory; nothing was written. */
bool top_json(const struct top_sample *sample, int root, FILE *out);

/* The cause's word, in both. */
const char *top_cause_word(enum top_cause cause);

/*
 * What to say of a quota: its own quota is what an operator can raise. The text may contain any
 * byte.
 */
#define TOP_QUOTA_TEXT (TOP_TEXT + 96)
void top_quota_text(char *text, size_t room, uint64_t cgroup, int root);

/*
 * The thief's name: the VM's for another VM's vCPU, "" for a quota and for the idle task, else the
 * thread's. A name may contain any byte.
 */
void top_thief_name(char *name, size_t room, const struct top_thief *thief, int root);

#endif
