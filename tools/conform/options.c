/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/conform/options.h"
#include "tools/report.h"
#include "tools/run/jobs.h"

const char conform_usage[] =
	"usage: pvtime conform [OPTION...] [TARGET...]\n\n"
	"Run the conformance suite for stolen time, and draw which target keeps which rule. A "
	"TARGET is\n"
	"pvtime (our hypervisor, the default), kvm, xen or all.\n\n"
	"  --run NAME         only that run of the targets; may be given again\n"
	"  --case NAME,...    only these cases; may be given again\n"
	"  --list             say the rules with their cases, and the runs; start nothing\n"
	"  --tap FILE         write the results to FILE as TAP; - is standard output\n"
	"  --json FILE        the same as JSON\n"
	"  --markdown FILE    the same as docs/conformance.md has them\n"
	"  --strict           a case that fails on kvm or xen is a failure, too\n"
	"  --verbose          write what each run printed, too\n"
	"  --jobs N           N runs at a time, if not as many as there are CPUs\n"
	"  --seconds S        end each run after S seconds of its time, if not after its own "
	"limit\n"
	"  --keep DIR         leave what each run used and printed in DIR/TARGET/RUN\n"
	"  --image FILE       run this arm64 image in place of the suite's own\n"
	"  --suite DIR        where the suite's images are, if not in conformance next to pvtime\n"
	"  --hypervisor FILE  our hypervisor's image, if not hypervisor.img next to pvtime\n"
	"  --debian DIR       what was fetched from Debian, if not debian next to pvtime\n"
	"  --help             say this\n";

#define LIMIT_S_MAX 86400u

static bool take_run(void *options, const char *name)
{
	struct conform_options *o = options;

	return arguments_collect(&o->runs, &o->run_count, name);
}

/* A list of cases with commas. */
static bool take_cases(void *options, const char *list)
{
	struct conform_options *o = options;

	o->case_given = true;
	for (;;) {
		size_t n = strcspn(list, ",");
		enum conform_case_id id = conform_find_case(list, n);

		if (id == CONFORM_CASES) {
			report("--case: '%.*s' is not a case; 'pvtime conform --list' lists them",
			       (int)n, list);
			return false;
		}
		o->selected[id] = true;
		if (list[n] == '\0')
			return true;
		list += n + 1;
	}
}

static bool take_seconds(void *options, const char *text)
{
	struct conform_options *o = options;
	uint64_t ns;

	if (arguments_seconds(text, &ns) && ns % NS_PER_S == 0 && ns / NS_PER_S <= LIMIT_S_MAX) {
		o->limit_s = (unsigned)(ns / NS_PER_S);
		return true;
	}
	report("--seconds: '%s' is not a limit; expected whole seconds, 1 to %u", text,
	       LIMIT_S_MAX);
	return false;
}

bool conform_options_want(const struct conform_options *o, const struct run_plan *plan)
{
	return arguments_listed(o->runs, o->run_count, plan->name);
}

/* Every --run names a run of a target that was chosen. */
static bool check_runs(const struct conform_options *o)
{
	for (size_t i = 0; i < o->run_count; i++) {
		bool found = false;
		for (unsigned t = 0; t < CONFORM_TARGETS; t++)
			for (size_t p = 0; o->target[t] && p < conform_targets[t].plan_count; p++)
				found |= strcmp(conform_targets[t].plans[p].name, o->runs[i]) == 0;
		if (!found) {
			report("--run: '%s' is not a run of the targets given; 'pvtime conform "
			       "--list' lists them",
			       o->runs[i]);
			return false;
		}
	}
	return true;
}

static bool take_target(struct conform_options *o, const char *name)
{
	const char *names[CONFORM_TARGETS];

	for (unsigned t = 0; t < CONFORM_TARGETS; t++)
		names[t] = conform_targets[t].by->name;
	return arguments_target(name, names, CONFORM_TARGETS, o->target);
}

bool conform_options_parse(struct conform_options *o, int argc, char **argv)
{
	const struct argument table[] = {
		{"run", .take = take_run},
		{"case", .take = take_cases},
		{"list", .flag = &o->list},
		{"tap", .text = &o->file[CONFORM_TAP]},
		{"json", .text = &o->file[CONFORM_JSON]},
		{"markdown", .text = &o->file[CONFORM_MARKDOWN]},
		{"strict", .flag = &o->strict},
		{"verbose", .flag = &o->verbose},
		{"jobs", .number = &o->width, .what = "a number of runs", .most = JOBS_MAX},
		{"seconds", .take = take_seconds},
		{"keep", .text = &o->keep},
		{"image", .text = &o->image},
		{"suite", .text = &o->suite},
		{"hypervisor", .text = &o->hypervisor},
		{"debian", .text = &o->debian},
		{"help", .flag = &o->help},
		{.name = NULL},
	};

	memset(o, 0, sizeof(*o));
	o->width = jobs_width();
	if (!arguments_parse("conform", table, o, argc, argv))
		return false;
	if (o->help)
		return true;
	for (int i = optind; i < argc; i++)
		if (!take_target(o, argv[i]))
			return false;
	if (optind == argc)
		o->target[0] = true;
	for (unsigned c = 0; c < CONFORM_CASES; c++)
		o->selected[c] |= !o->case_given;
	return check_runs(o) &&
	       arguments_one_standard(o->file, CONFORM_FORMATS, "--tap, --json and --markdown");
}

void conform_options_free(struct conform_options *o)
{
	free(o->runs);
	o->runs = NULL;
}
