/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_BATCH_H
#define TOOLS_RUN_BATCH_H

/*
 * A command that runs several jobs in parallel: the paths of their parts, the jobs, a directory for
 * each, and the signals that end the command even if its output is not read. A function that
 * returns false has reported why in one line on standard error.
 */
#include <limits.h>
#include <stdio.h>
#include "tools/run/jobs.h"
#include "tools/run/outputs.h"

struct run_batch {
	struct run_kit kit; /* the initial kit of every job */
	char program[PATH_MAX], suite[PATH_MAX], hypervisor[PATH_MAX], debian[PATH_MAX],
		xen[PATH_MAX], kernels[PATH_MAX];
	struct run_job *jobs;
	size_t count;
	char keep[PATH_MAX];
	bool temporary; /* `keep` is removed at the end */
	char (*directories)[PATH_MAX];
	/* descriptor from which held signals are read; 0: signals are not held */
	int signals;
	int signal_number;	/* the signal that ended the runs; 0: none did */
	struct outputs outputs; /* these three while signals are held */
	FILE *out;		/* for standard output */
	FILE *errors;		/* for standard error */
	bool lost;		/* some output was not written; one line has said why */
};

/*
 * Run a command with an empty batch of its own; returns its status. Afterwards the batch and all it
 * contains are released, including output.text of its jobs. A signal that ended the runs is raised
 * again, so that the parent process sees it.
 */
int batch_command(int (*command)(struct run_batch *batch, int argc, char **argv), int argc,
		  char **argv);

/*
 * Fill in batch->kit from these options. An option may be NULL: then the part is in pvtime's data
 * directory (tools/data.h).
 */
bool batch_find_kit(struct run_batch *batch, const char *suite, const char *hypervisor,
		    const char *debian);

/*
 * From now on the signals that would end the command stay pending until batch_run() reads them, or
 * until the command is over. Until then report() and the batch's streams never block on a reader.
 * Call it before creating anything that has to be removed again.
 */
bool batch_hold_signals(struct run_batch *batch);

/*
 * Allocate room for `most` jobs, all zero. The caller fills in target, kit and plan of the jobs it
 * uses, and batch->count.
 */
bool batch_make_jobs(struct run_batch *batch, size_t most);

/* Whether each job's target is ready for it. */
bool batch_ready(const struct run_batch *batch);

/*
 * Make a directory for each job, KEEP/TARGET/RUN. `keep` is the value of --keep; NULL: a temporary
 * directory whose name begins with `name`.
 */
bool batch_make_directories(struct run_batch *batch, const char *keep, const char *name);

/*
 * Run all jobs as jobs_run() does. Then remove the temporary directory, and wait until all output
 * has been read. From then on signals end the command at once. STATUS_FAILED: a signal ended the
 * runs. STATUS_USAGE: a job could not be run; one line has said why.
 */
int batch_run(struct run_batch *batch, unsigned width, void (*ended)(void *ctx, size_t index),
	      void *ctx);

#endif
