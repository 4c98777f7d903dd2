/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/beside.h"
#include "tools/conform/setup.h"
#include "tools/conform/tap.h"
#include "tools/report.h"
#include "tools/run/file.h"

static bool find_kit(struct conform_command *c)
{
	const struct conform_options *o = &c->options;

	if (!beside(c->program, NULL, NULL) || !beside(c->suite, o->suite, "conformance") ||
	    !beside(c->hypervisor, o->hypervisor, "hypervisor.img") ||
	    !beside(c->debian, o->debian, "debian"))
		return false;
	c->kit = (struct run_kit){
		.program = c->program,
		.suite = c->suite,
		.hypervisor = c->hypervisor,
		.debian = c->debian,
		.image = o->image,
	};
	return true;
}

/* The plan's own words, and the cases that it is to have. */
static char *words_of(const struct run_plan *plan, const bool expected[CONFORM_CASES])
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *before = plan->append != NULL ? " case=" : "case=";

	if (out == NULL)
		return NULL;
	fputs(plan->append != NULL ? plan->append : "", out);
	for (unsigned i = 0; i < CONFORM_CASES; i++) {
		if (!expected[i])
			continue;
		fprintf(out, "%s%s", before, conform_cases[i].name);
		before = ",";
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static bool any(const bool expected[CONFORM_CASES])
{
	for (unsigned i = 0; i < CONFORM_CASES; i++)
		if (expected[i])
			return true;
	return false;
}

/* The next run, if the options want it; false: no memory. */
static bool add_run(struct conform_command *c, struct conform_section *section,
		    const struct run_plan *plan)
{
	struct conform_run *run = &c->runs[c->count];
	struct run_job *job = &c->jobs[c->count];

	conform_expect(plan, c->options.selected, run->expected);
	if (!conform_options_want(&c->options, plan) || !any(run->expected))
		return true;
	run->plan = *plan;
	if (c->options.limit_s != 0)
		run->plan.limit_s = c->options.limit_s;
	job->target = section->target->by;
	job->kit = c->kit;
	job->plan = run->plan;
	if (c->options.case_given || plan->without != NULL) {
		c->words[c->count] = words_of(plan, run->expected);
		if (c->words[c->count] == NULL)
			return false;
		job->plan.append = c->words[c->count];
	}
	/*
	 * The report names the cases that the user chose, not the many of a run that leaves some
	 * out.
	 */
	if (c->options.case_given)
		run->plan.append = job->plan.append;
	c->count++;
	section->run_count++;
	return true;
}

static bool choose_runs(struct conform_command *c)
{
	size_t most = 0;

	for (unsigned t = 0; t < CONFORM_TARGETS; t++)
		most += c->options.target[t] ? conform_targets[t].plan_count : 0;
	c->runs = calloc(most + 1, sizeof(*c->runs));
	c->jobs = calloc(most + 1, sizeof(*c->jobs));
	c->words = calloc(most + 1, sizeof(*c->words));
	c->directories = calloc(most + 1, sizeof(*c->directories));
	bool good =
		c->runs != NULL && c->jobs != NULL && c->words != NULL && c->directories != NULL;
	for (unsigned t = 0; t < CONFORM_TARGETS && good; t++) {
		struct conform_section *section = &c->sections[c->report.count];
		if (!c->options.target[t])
			continue;
		section->target = &conform_targets[t];
		section->runs = &c->runs[c->count];
		for (size_t p = 0; p < section->target->plan_count && good; p++)
			good = add_run(c, section, &section->target->plans[p]);
		if (section->run_count > 0)
			c->report.count++;
	}
	c->report.sections = c->sections;
	if (!good)
		report("%m");
	else if (c->count == 0)
		report("--run, --case: none of these runs has one of these cases");
	return good && c->count > 0;
}

static bool all_ready(const struct conform_command *c)
{
	char why[RUN_WHY] = "";

	for (size_t i = 0; i < c->count; i++) {
		const struct run_job *job = &c->jobs[i];
		if (!job->target->ready(&job->kit, &job->plan, why)) {
			report("%s %s: %s", job->target->name, job->plan.name, why);
			return false;
		}
	}
	return true;
}

/* Emptied, so that what is in them afterwards is of this run. */
static bool open_files(struct conform_command *c)
{
	static const char *const names[] = {"", "--tap", "--json", "--markdown"};

	c->verbose = stdout;
	for (unsigned f = 0; f < CONFORM_FORMATS; f++) {
		const char *path = c->options.file[f];
		if (path == NULL)
			continue;
		bool standard = strcmp(path, "-") == 0;
		c->files[f] = standard ? stdout : fopen(path, "we");
		if (c->files[f] == NULL) {
			report("%s: %s: %m; expected a file to write to", names[f], path);
			return false;
		}
		if (standard)
			c->verbose = stderr;
	}
	return true;
}

/* Each run has a directory of its own: DIR/TARGET/RUN. */
static bool make_directories(struct conform_command *c)
{
	const char *option = c->options.keep;

	if (option != NULL) {
		snprintf(c->keep, sizeof(c->keep), "%s", option);
	} else {
		c->temporary = file_temporary(c->keep, "pvtime-conform");
		if (!c->temporary) {
			report("%s: %m; expected a directory to write to", c->keep);
			return false;
		}
	}
	for (size_t i = 0; i < c->count; i++) {
		char *path = c->directories[i];
		int n = snprintf(path, PATH_MAX, "%s/%s/%s", c->keep, c->jobs[i].target->name,
				 c->jobs[i].plan.name);
		if (n >= PATH_MAX || !file_mkdir(path)) {
			errno = n >= PATH_MAX ? ENAMETOOLONG : errno;
			report("--keep: %s: %m; expected a directory to write to", c->keep);
			return false;
		}
		c->jobs[i].kit.keep = path;
	}
	return true;
}

bool conform_set_up(struct conform_command *c)
{
	return find_kit(c) && choose_runs(c) && all_ready(c) && open_files(c) &&
	       make_directories(c);
}

void conform_tear_down(struct conform_command *c)
{
	for (unsigned f = 0; f < CONFORM_FORMATS; f++)
		if (c->files[f] != NULL && c->files[f] != stdout)
			fclose(c->files[f]);
	for (size_t i = 0; i < c->count; i++) {
		free(c->jobs[i].output.text);
		conform_result_free(&c->runs[i].result);
		free(c->words[i]);
	}
	if (c->signals > 0)
		close(c->signals);
	if (c->temporary)
		file_remove(c->keep);
	free(c->jobs);
	free(c->runs);
	free(c->words);
	free(c->directories);
	conform_options_free(&c->options);
}
