/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tools/beside.h"
#include "tools/command.h"
#include "tools/report.h"
#include "tools/run/batch.h"
#include "tools/run/file.h"

bool batch_find_kit(struct run_batch *b, const char *suite, const char *hypervisor,
		    const char *debian)
{
	b->kit = (struct run_kit){
		.program = b->program,
		.suite = b->suite,
		.hypervisor = b->hypervisor,
		.debian = b->debian,
	};
	return beside(b->program, NULL, NULL) && beside(b->suite, suite, "conformance") &&
	       beside(b->hypervisor, hypervisor, "hypervisor.img") &&
	       beside(b->debian, debian, "debian");
}

bool batch_hold_signals(struct run_batch *b)
{
	b->signals = jobs_block_signals();
	if (b->signals < 0)
		report("signals: %m");
	return b->signals >= 0;
}

bool batch_make_jobs(struct run_batch *b, size_t most)
{
	b->jobs = calloc(most + 1, sizeof(*b->jobs));
	b->directories = calloc(most + 1, sizeof(*b->directories));
	if (b->jobs != NULL && b->directories != NULL)
		return true;
	report("%m");
	return false;
}

static void report_job(const struct run_job *job, const char *why)
{
	report("%s %s: %s", job->name, job->plan.name, why);
}

bool batch_ready(const struct run_batch *b)
{
	char why[RUN_WHY] = "";

	for (size_t i = 0; i < b->count; i++) {
		const struct run_job *job = &b->jobs[i];
		if (!job->target->ready(&job->kit, &job->plan, why)) {
			report_job(job, why);
			return false;
		}
	}
	return true;
}

bool batch_make_directories(struct run_batch *b, const char *keep, const char *name)
{
	if (keep != NULL) {
		snprintf(b->keep, sizeof(b->keep), "%s", keep);
	} else {
		b->temporary = file_temporary(b->keep, name);
		if (!b->temporary) {
			report("%s: %m; expected a directory to write to", b->keep);
			return false;
		}
	}
	for (size_t i = 0; i < b->count; i++) {
		char *path = b->directories[i];
		int n = snprintf(path, PATH_MAX, "%s/%s/%s", b->keep, b->jobs[i].name,
				 b->jobs[i].plan.name);
		if (n >= PATH_MAX || !file_mkdir(path)) {
			errno = n >= PATH_MAX ? ENAMETOOLONG : errno;
			report("--keep: %s: %m; expected a directory to write to", b->keep);
			return false;
		}
		b->jobs[i].kit.keep = path;
	}
	return true;
}

int batch_run(struct run_batch *b, unsigned width, void (*ended)(void *ctx, size_t index),
	      void *ctx)
{
	int result = jobs_run(b->jobs, b->count, width, b->signals, ended, ctx);

	if (result < 0) {
		report("cannot start a run: %m");
		return STATUS_USAGE;
	}
	if (result > 0) {
		b->signal_number = result;
		return STATUS_FAILED;
	}
	for (size_t i = 0; i < b->count; i++)
		if (b->jobs[i].outcome == RUN_UNABLE) {
			report_job(&b->jobs[i], b->jobs[i].output.why);
			return STATUS_USAGE;
		}
	return STATUS_OK;
}

static void release(struct run_batch *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->jobs[i].output.text);
	if (b->signals > 0)
		close(b->signals);
	if (b->temporary)
		file_remove(b->keep);
	free(b->jobs);
	free(b->directories);
	free(b);
}

int batch_command(int (*command)(struct run_batch *batch, int argc, char **argv), int argc,
		  char **argv)
{
	struct run_batch *b = calloc(1, sizeof(*b));

	if (b == NULL) {
		report("%m");
		return STATUS_FAILED;
	}
	int status = command(b, argc, argv), number = b->signal_number;
	release(b);
	/* Nothing is left to be done: whoever started it learns what has ended it. */
	jobs_unblock_signals();
	if (number != 0)
		raise(number);
	return status;
}
