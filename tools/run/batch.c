/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tools/command.h"
#include "tools/data.h"
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
		.xen = b->xen,
		.kernels = b->kernels,
	};
	return program_path(b->program) && data_path(b->suite, suite, "conformance") &&
	       data_path(b->hypervisor, hypervisor, "hypervisor.img") &&
	       data_path(b->debian, debian, "debian") && data_path(b->xen, NULL, "xen") &&
	       data_path(b->kernels, NULL, "linux");
}

bool batch_hold_signals(struct run_batch *b)
{
	int signals = jobs_block_signals();

	if (signals < 0 || !outputs_open(&b->outputs)) {
		report("signals: %m");
		return false;
	}
	b->signals = signals;
	b->out = outputs_stream(&b->outputs, stdout, "standard output");
	b->errors = b->out != NULL ? outputs_stream(&b->outputs, stderr, NULL) : NULL;
	if (b->errors == NULL)
		report("cannot print: %m");
	report_to(b->errors);
	return b->errors != NULL;
}

/* Remove the temporary directory; from now on signals end the command. */
static void let_go(struct run_batch *b)
{
	if (b->temporary)
		file_remove(b->keep);
	b->temporary = false;
	jobs_unblock_signals();
	if (b->signals == 0)
		return;
	close(b->signals);
	b->signals = 0;
	b->lost = !outputs_end(&b->outputs, -1, true);
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

	if (result < 0)
		report("cannot start a run: %m");
	if (result > 0) {
		b->signal_number = result;
		outputs_hurry(&b->outputs);
	}
	let_go(b);
	if (result != 0)
		return result < 0 ? STATUS_USAGE : STATUS_FAILED;
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
	let_go(b);
	bool lost = b->lost;
	release(b);
	/* Everything is released. The parent process sees the signal that ended the runs. */
	if (number != 0)
		raise(number);
	return lost && status == STATUS_OK ? STATUS_FAILED : status;
}
