/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_JOBS_H
#define TOOLS_RUN_JOBS_H

/*
 * Parallel runs, each in a process of its own, so that a crash of one affects neither the others
 * nor the command.
 */
#include "tools/run/target.h"

#define JOBS_MAX 64u /* at a time */

struct run_job {
	const struct run_target *target;
	const char *name; /* the target's name, in reports and in the paths of kept files */
	struct run_plan plan;
	struct run_kit kit; /* kit.keep is this job's own directory, which exists */

	enum run_outcome outcome; /* outcome and output are valid once the job has ended */
	struct run_output output;
};

/*
 * Block the signals that end the command: SIGINT, SIGTERM, SIGHUP and SIGQUIT, except those that
 * are ignored. Returns a descriptor to read them from; -1 and errno on failure.
 * jobs_unblock_signals() unblocks them; call it when nothing is left to clean up.
 */
int jobs_block_signals(void);
void jobs_unblock_signals(void);

/* The default number of parallel jobs: as many as there are CPUs, at most JOBS_MAX. */
unsigned jobs_width(void);

/*
 * Run all jobs, at most `width` at a time, started in order. `ended`, if not NULL, is called for
 * the jobs in the same order: for each when it and all before it have ended. Returns 0; the number
 * of a signal, read from `signals`, that ended the runs; or -1 and errno if no process could be
 * started. The first job that is RUN_UNABLE also ends the others, which become RUN_STOPPED. The
 * caller frees output.text.
 */
int jobs_run(struct run_job *jobs, size_t count, unsigned width, int signals,
	     void (*ended)(void *ctx, size_t index), void *ctx);

#endif
