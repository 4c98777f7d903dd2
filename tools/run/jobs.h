/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_JOBS_H
#define TOOLS_RUN_JOBS_H

/*
 * Runs side by side, each in a process of its own: whatever one of them does, the others and the
 * command go on.
 */
#include "tools/run/target.h"

#define JOBS_MAX 64u /* at a time */

struct run_job {
	const struct run_target *target;
	const char *name; /* of the target, in what is reported and kept */
	struct run_plan plan;
	struct run_kit kit; /* with a directory `keep` of its own, which is there */

	enum run_outcome outcome; /* of this and the next, when it has ended */
	struct run_output output;
};

/*
 * From now on the signals that end the command (SIGINT, SIGTERM, SIGHUP, SIGQUIT, but for those
 * that are ignored) wait: to be read from the descriptor that is returned (-1 and errno where that
 * cannot be), or until they are unblocked, when nothing is left to be cleaned up.
 */
int jobs_block_signals(void);
void jobs_unblock_signals(void);

/* How many at a time where nobody says: as many as there are CPUs, at most JOBS_MAX. */
unsigned jobs_width(void);

/*
 * Run them all, at most `width` at a time, beginning in their order. `ended`, if not NULL, is
 * called in that order, of a job when it and all before it have ended. Returns 0; the number of the
 * signal, read from `signals`, that has ended all of it; or -1 and errno where processes cannot be
 * had. The first job that is RUN_UNABLE ends the others, too, which are then left
 * RUN_STOPPED. output.text is to be freed by the caller.
 */
int jobs_run(struct run_job *jobs, size_t count, unsigned width, int signals,
	     void (*ended)(void *ctx, size_t index), void *ctx);

#endif
