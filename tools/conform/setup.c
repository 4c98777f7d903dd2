/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/conform/setup.h"
#include "tools/conform/tap.h"
#include "tools/report.h"

/* The guest's command line: the plan's own words, and the cases to run. */
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

/* Add a run if the options select it; false: out of memory. */
static bool add_run(struct conform_command *c, struct conform_section *section,
		    const struct run_plan *plan)
{
	struct run_batch *batch = c->batch;
	struct conform_run *run = &c->runs[batch->count];
	struct run_job *job = &batch->jobs[batch->count];

	conform_expect(plan, c->options.selected, run->expected);
	if (!conform_options_want(&c->options, plan) || !any(run->expected))
		return true;
	run->plan = *plan;
	if (c->options.limit_s != 0)
		run->plan.limit_s = c->options.limit_s;
	job->target = section->target->by;
	job->name = section->label;
	job->kit = batch->kit;
	job->kit.release = section->release;
	job->kit.image = c->options.image;
	job->plan = run->plan;
	if (c->options.case_given || plan->without != NULL) {
		c->words[batch->count] = words_of(plan, run->expected);
		if (c->words[batch->count] == NULL)
			return false;
		job->plan.append = c->words[batch->count];
	}
	/*
	 * The report shows the cases that the user chose, but not the long list of a run that
	 * excludes some.
	 */
	if (c->options.case_given)
		run->plan.append = job->plan.append;
	batch->count++;
	section->run_count++;
	return true;
}

/*
 * The label is KIND-VERSION, with the version found in what will run. If none is found, or another
 * section has the same label, it is the name that the user gave.
 */
static void name_section(struct conform_command *c, struct conform_section *section,
			 const struct conform_choice *choice)
{
	const struct run_target *by = choice->target->by;
	struct run_kit kit = c->batch->kit;
	char version[32] = "";

	kit.release = choice->release;
	if (by->release != NULL)
		by->release(&kit, version, sizeof(version));
	snprintf(section->label, sizeof(section->label), "%s%s%s",
		 version[0] != '\0' ? by->name : choice->name, version[0] != '\0' ? "-" : "",
		 version);
	for (const struct conform_section *s = c->sections; s < section; s++)
		if (strcmp(s->label, section->label) == 0)
			snprintf(section->label, sizeof(section->label), "%s", choice->name);
}

static bool choose_runs(struct conform_command *c)
{
	size_t most = 0;

	for (size_t i = 0; i < c->options.choice_count; i++)
		most += c->options.choices[i].target->plan_count;
	if (!batch_make_jobs(c->batch, most))
		return false;
	c->runs = calloc(most + 1, sizeof(*c->runs));
	c->words = calloc(most + 1, sizeof(*c->words));
	bool good = c->runs != NULL && c->words != NULL;
	for (size_t i = 0; i < c->options.choice_count && good; i++) {
		const struct conform_choice *choice = &c->options.choices[i];
		struct conform_section *section = &c->sections[c->report.count];

		section->target = choice->target;
		section->release = choice->release;
		name_section(c, section, choice);
		section->runs = &c->runs[c->batch->count];
		for (size_t p = 0; p < section->target->plan_count && good; p++)
			good = add_run(c, section, &section->target->plans[p]);
		if (section->run_count > 0)
			c->report.count++;
	}
	c->report.sections = c->sections;
	if (!good)
		report("%m");
	else if (c->batch->count == 0)
		report("--run, --case: none of these runs has one of these cases");
	return good && c->batch->count > 0;
}

/* Opens and truncates all output files before the first run, so that none keeps old results. */
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

bool conform_set_up(struct conform_command *c)
{
	const struct conform_options *o = &c->options;

	return batch_find_kit(c->batch, o->suite, o->hypervisor, o->debian) && choose_runs(c) &&
	       batch_ready(c->batch) && open_files(c) && batch_hold_signals(c->batch) &&
	       batch_make_directories(c->batch, o->keep, "pvtime-conform");
}

void conform_tear_down(struct conform_command *c)
{
	for (unsigned f = 0; f < CONFORM_FORMATS; f++)
		if (c->files[f] != NULL && c->files[f] != stdout)
			fclose(c->files[f]);
	for (size_t i = 0; i < c->batch->count; i++) {
		conform_result_free(&c->runs[i].result);
		free(c->words[i]);
	}
	free(c->runs);
	free(c->words);
	conform_options_free(&c->options);
}
