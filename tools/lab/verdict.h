/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_VERDICT_H
#define TOOLS_LAB_VERDICT_H

/* Whether a session was good, and if not, why. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/lab/intake.h"

/*
 * From the request to stop to "done", of a board that has a CPU whenever it wants one
 * (tools/run/patience.h).
 */
#define VERDICT_PATIENCE_S 10

struct verdict_of {
	const struct intake *in;
	const char *board; /* its name */
	bool ended;	   /* its process, by itself: */
	int wait_status;
	bool impatient; /* asked to stop twice */
	bool stop_wanted;
};

/*
 * What the hypervisor says of itself weighs most: the rest may follow from it. false: `why`, one
 * line.
 */
bool verdict(const struct verdict_of *of, char *why, size_t room);

#endif
