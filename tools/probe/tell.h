/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_TELL_H
#define TOOLS_PROBE_TELL_H

/* Prints the findings, for people and as JSON; pvtime-json(5) describes the format. */
#include <stdbool.h>
#include <stdio.h>
#include "tools/probe/facts.h"
#include "tools/probe/missing.h"

void probe_print(const struct probe_facts *facts, const struct probe_findings *findings, FILE *out);

/* false: out of memory; nothing was written. */
bool probe_json(const struct probe_facts *facts, const struct probe_findings *findings, FILE *out);

/* The words for the findings, in both. */
const char *probe_kvm_word(enum probe_kvm_state state);
const char *probe_accounting_word(enum probe_accounting accounting);
const char *probe_mode_word(enum probe_mode mode);
const char *probe_by_word(enum probe_by by);
const char *probe_answer_word(enum probe_answer answer);

/* For people, instead of VMs. `hidden`: there may be some that cannot be seen. */
const char *probe_none_word(bool hidden);

#endif
