/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_MISSING_H
#define TOOLS_PROBE_MISSING_H

/*
 * Derives from the facts what is missing and what to do about it, and what else the user should
 * know.
 */
#include <stddef.h>
#include "tools/probe/facts.h"

#define PROBE_FINDINGS 8u
#define PROBE_TEXT     320u

struct probe_finding {
	char what[PROBE_TEXT];
	char todo[PROBE_TEXT]; /* "": nothing to do */
};

struct probe_findings {
	struct probe_finding missing[PROBE_FINDINGS], note[PROBE_FINDINGS];
	size_t missing_count, note_count;
};

void probe_find(struct probe_findings *findings, const struct probe_facts *facts);

/* Whether this machine is a host of VMs or could be meant as one, and not just a guest. */
bool probe_is_host(const struct probe_facts *facts);

#endif
