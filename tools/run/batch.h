/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_BATCH_H
#define TOOLS_RUN_BATCH_H

/*
 * A command that makes runs side by side: where their parts lie, which of them it makes, the
 * directory that each of them has, and the signals that end it, whether or not its output is read.
 * A function that returns false has said why in one line on standard error.
 */
#include <limits.h>
#include <stdio.h>
#include "tools/run/jobs.h"
#include "tools/run/outputs.h"

struct run_batch {
	struct run_kit kit; /* what a job's begins with */
	char program[PATH_MAX], suite[PATH_MAX], hypervisor[PATH_MAX], debian[PATH_MAX];
	struct run_job *jobs;
	size_t count;
	char keep[PATH_MAX];
	bool temporary; /* `keep` is removed at the end */
	char (*directories)[PATH_MAX];
	int signals;		/* descriptor to read them from, while they are held; or 0 */
	int signal_number;	/* which has ended the runs; 0 */
	struct outputs outputs; /* while signals are held: */
	FILE *out;		/* what is printed to standard output, */
	FILE *errors;		/* and to standard error */
	bool lost;		/* some of that was not written, and one line has said why */
};

/*
 * Run a command with a batch of its own, which is empty; returns its status. Whatever the batch has
 * then is released, output.text of its jobs included, and a signal that has ended the runs is
 * raised, so that whoever started the command learns of it.
 */
int batch_command(int (*command)(struct run_batch *batch, int argc, char **argv), int argc,
		  char **argv);

/* batch->kit, by options that may be NULL: then the parts lie beside this executable. */
bool batch_find_kit(struct run_batch *batch, const char *suite, const char *hypervisor,
		    const char *debian);

/*
 * From now on the signals that would end the command wait until batch_run() meets them, or the
 * command is over. Until then report() and the batch's streams never wait for a reader. To be
 * called before anything is made that has to be removed again.
 */
bool batch_hold_signals(struct run_batch *batch);

/*
 * Room for so many jobs, all zero. The caller fills in target, kit and plan of the first ones, and
 * batch->count.
 */
bool batch_make_jobs(struct run_batch *batch, size_t most);

/* Whether each job's target is ready for it. */
bool batch_ready(const struct run_batch *batch);

/*
 * Each job gets its directory, KEEP/TARGET/RUN. `keep` is --keep's; NULL: a temporary one whose
 * name begins with `name`.
 */
bool batch_make_directories(struct run_batch *batch, const char *keep, const char *name);

/*
 * Run them all, as jobs_run() does; then remove what is temporary, and wait until all that was
 * printed has been read. From then on signals end the command at once. STATUS_FAILED: one has ended
 * the runs; STATUS_USAGE: one could not be run, and one line has said why.
 */
int batch_run(struct run_batch *batch, unsigned width, void (*ended)(void *ctx, size_t index),
	      void *ctx);

#endif
