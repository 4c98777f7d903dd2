/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_TARGETS_H
#define TOOLS_CONFORM_TARGETS_H

/*
 * pvtime conform: the conformance suite on one target after the other. A target makes runs, each of
 * which leaves the console's text; tap.c takes the results out of it; print_*.c draws them.
 */
#include "tools/run/target.h"

struct conform_target {
	const struct run_target *by;
	const char *title; /* as in the report */
	bool ours;	   /* a failed case is a failure of the command */
	const struct run_plan *plans;
	size_t plan_count;
};

#define CONFORM_TARGETS 3u

/* In the order in which they are run and drawn. */
extern const struct conform_target conform_targets[CONFORM_TARGETS];

#endif
