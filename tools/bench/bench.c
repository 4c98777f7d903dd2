/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `pvtime bench`: choose the runs, check that every file and program they need is present, run them
 * in parallel, turn their texts into figures, then print and compare the figures.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/bench/json.h"
#include "tools/bench/setup.h"
#include "tools/bench/tell.h"
#include "tools/command.h"
#include "tools/report.h"
#include "tools/run/file.h"
#include "tools/run/qemu.h"

/* A run has ended: turn its text into figures. */
static void ended(void *ctx, size_t index)
{
	struct bench_command *c = ctx;
	const struct run_job *job = &c->batch->jobs[index];
	struct bench_run *run = &c->runs[index];
	char path[PATH_MAX], why[RUN_WHY] = "";
	bool whole = job->outcome == RUN_ENDED;

	if (!c->batch->temporary &&
	    snprintf(path, sizeof(path), "%.*s/text", PATH_MAX - 16, job->kit.keep) > 0 &&
	    !file_write(path, job->output.text, job->output.length))
		report("--keep: %s: %m", path);
	run->text = job->output.text;
	run->length = job->output.length;
	if (whole)
		whole = run->kind->read(run, &c->results, why);
	else
		memcpy(why, job->output.why, sizeof(why));
	if (!whole)
		report("%s %s: %s", bench_target_names[run->target], run->name, why);
	else if (isatty(STDERR_FILENO))
		report("%s %s: done", bench_target_names[run->target], run->name);
	c->good &= whole;
}

static void take_versions(struct bench_command *c)
{
	static const struct run_target *const targets[BENCH_NONE] = {
		&target_pvtime,	    &target_kvm,	&target_xen,
		&target_kvm_before, &target_kvm_mended, &target_kvm_mended,
		&target_xen_before, &target_xen_pvtime, &target_xen_pvtime};

	for (size_t i = 0; i < c->batch->count; i++) {
		enum bench_target t = c->runs[i].target;
		if (t == BENCH_NONE)
			file_version(QEMU_PROGRAM, c->results.versions[t],
				     sizeof(c->results.versions[t]));
		else
			targets[t]->versions(&c->batch->kit, c->results.versions[t],
					     sizeof(c->results.versions[t]));
	}
}

static bool tell_in(const struct bench_command *c, const char *option, const char *path)
{
	const struct bench_results *r = &c->results;
	bool standard = strcmp(path, "-") == 0, good = true;
	FILE *out = standard ? stdout : fopen(path, "we");

	if (out != NULL && strcmp(option, "--json") == 0)
		good = bench_json_write(r, out);
	else if (out != NULL && strcmp(option, "--markdown") == 0)
		bench_markdown(r, c->profile, out);
	else if (out != NULL && strcmp(option, "--accuracy") == 0)
		bench_accuracy_markdown(r, out);
	else if (out != NULL)
		bench_data(r, out);
	good = good && out != NULL && fflush(out) == 0 && !ferror(out);
	if (out != NULL && !standard)
		good = fclose(out) == 0 && good;
	if (!good)
		report("%s: %s: %m; expected a file to write to", option, path);
	return good;
}

static bool tell(const struct bench_command *c)
{
	const struct bench_options *o = &c->options;
	const struct {
		const char *option, *path;
	} files[] = {{"--json", o->json},
		     {"--markdown", o->markdown},
		     {"--accuracy", o->accuracy},
		     {"--data", o->data}};
	bool table = true;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (files[i].path == NULL)
			continue;
		table &= strcmp(files[i].path, "-") != 0;
		if (!tell_in(c, files[i].option, files[i].path))
			return false;
	}
	if (table)
		bench_table(&c->results, stdout);
	return true;
}

static int run(struct bench_command *c)
{
	if (!bench_set_up(c))
		return STATUS_USAGE;
	int status = batch_run(c->batch, c->options.width, ended, c);
	if (status != STATUS_OK)
		return status;
	take_versions(c);
	bench_derive(&c->results);
	return STATUS_OK;
}

static int measure_and_tell(struct bench_command *c)
{
	const struct bench_options *o = &c->options;
	int status = STATUS_OK;

	c->good = true;
	if (!bench_find_kit(c) ||
	    (o->compare != NULL && !bench_json_read(&c->before, o->compare)) ||
	    (o->from != NULL && !bench_json_read(&c->results, o->from)))
		return STATUS_USAGE;
	if (o->from == NULL)
		status = run(c);
	if (status != STATUS_OK)
		return status;
	if (!tell(c))
		return STATUS_FAILED;
	bool held = o->compare == NULL || bench_compare(&c->results, &c->before, o->compare);
	return c->good && held ? STATUS_OK : STATUS_FAILED;
}

static int command(struct run_batch *batch, int argc, char **argv)
{
	struct bench_command *c = calloc(1, sizeof(*c));
	int status = STATUS_USAGE;

	if (c == NULL) {
		report("%m");
		return STATUS_FAILED;
	}
	c->batch = batch;
	if (bench_options_parse(&c->options, argc, argv))
		status = c->options.help ? STATUS_OK : measure_and_tell(c);
	bench_tear_down(c);
	free(c);
	return status;
}

int bench_command(int argc, char **argv)
{
	return batch_command(command, argc, argv);
}
