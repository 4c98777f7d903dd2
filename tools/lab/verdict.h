/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_VERDICT_H
#define TOOLS_LAB_VERDICT_H

/* Decides whether a session succeeded, and if not, why. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/lab/intake.h"

/*
 * From the request to stop to "done", in seconds of an otherwise idle machine
 * (tools/run/patience.h).
 */
#define VERDICT_PATIENCE_S 10

struct verdict_of {
	const struct intake *in;
	const char *board; /* the board's name, for messages */
	bool ended;	   /* its process has ended by itself */
	int wait_status;
	bool impatient; /* the user has asked twice to stop */
	bool stop_wanted;
};

/*
 * Whether the session succeeded. false: `why` has the reason in one line. A failure that the
 * hypervisor reports itself comes first, because it may have caused the others.
 */
bool verdict(const struct verdict_of *of, char *why, size_t room);

#endif
