/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_MISSING_H
#define TOOLS_PROBE_MISSING_H

/*
 * What the facts come to: what is missing, and what to do about it; and what else is to be known.
 */
#include <stddef.h>
#include "tools/probe/facts.h"

#define PROBE_FINDINGS 8u
#define PROBE_TEXT     320u

struct probe_finding {
	char what[PROBE_TEXT];
	char todo[PROBE_TEXT]; /* "" where nothing is to be done */
};

struct probe_findings {
	struct probe_finding missing[PROBE_FINDINGS], note[PROBE_FINDINGS];
	size_t missing_count, note_count;
};

void probe_find(struct probe_findings *findings, const struct probe_facts *facts);

/* Whether this machine is a host of VMs, or should be one: it is not just a guest. */
bool probe_is_host(const struct probe_facts *facts);

#endif
