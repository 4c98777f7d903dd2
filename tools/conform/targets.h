/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_TARGETS_H
#define TOOLS_CONFORM_TARGETS_H

/*
 * pvtime conform: the conformance suite on several targets. A target's runs each leave the text of
 * a console; tap.c reads the results from it, and print_*.c print them.
 */
#include "tools/run/target.h"

struct conform_target {
	const struct run_target *by;
	const char *title; /* in reports */
	bool ours;	   /* the command fails if a case fails on it */
	const struct run_plan *plans;
	size_t plan_count;
};

#define CONFORM_TARGETS 5u

/* In the order in which they run and are printed. */
extern const struct conform_target conform_targets[CONFORM_TARGETS];

#endif
