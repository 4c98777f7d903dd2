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

enum {
	RUN = 1,
	CASE,
	LIST,
	TAP,
	JSON,
	MARKDOWN,
	STRICT,
	VERBOSE,
	JOBS,
	SECONDS,
	KEEP,
	IMAGE,
	SUITE,
	HYPERVISOR,
	DEBIAN,
	HELP,
};

static const struct option long_options[] = {
	{"run", required_argument, NULL, RUN},
	{"case", required_argument, NULL, CASE},
	{"list", no_argument, NULL, LIST},
	{"tap", required_argument, NULL, TAP},
	{"json", required_argument, NULL, JSON},
	{"markdown", required_argument, NULL, MARKDOWN},
	{"strict", no_argument, NULL, STRICT},
	{"verbose", no_argument, NULL, VERBOSE},
	{"jobs", required_argument, NULL, JOBS},
	{"seconds", required_argument, NULL, SECONDS},
	{"keep", required_argument, NULL, KEEP},
	{"image", required_argument, NULL, IMAGE},
	{"suite", required_argument, NULL, SUITE},
	{"hypervisor", required_argument, NULL, HYPERVISOR},
	{"debian", required_argument, NULL, DEBIAN},
	{"help", no_argument, NULL, HELP},
	{NULL, 0, NULL, 0},
};

/* A list of cases with commas. */
static bool take_cases(struct conform_options *o, const char *list)
{
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

static bool take_seconds(struct conform_options *o, const char *text)
{
	uint64_t ns;

	if (arguments_seconds(text, &ns) && ns % NS_PER_S == 0 && ns / NS_PER_S <= LIMIT_S_MAX) {
		o->limit_s = (unsigned)(ns / NS_PER_S);
		return true;
	}
	report("--seconds: '%s' is not a limit; expected whole seconds, 1 to %u", text,
	       LIMIT_S_MAX);
	return false;
}

static bool take_flag(struct conform_options *o, int result)
{
	switch (result) {
	case LIST:
		return o->list = true;
	case STRICT:
		return o->strict = true;
	case VERBOSE:
		return o->verbose = true;
	case HELP:
		return o->help = true;
	default:
		return false;
	}
}

static bool take_value(struct conform_options *o, int result)
{
	switch (result) {
	case RUN:
		return arguments_collect(&o->runs, &o->run_count, optarg);
	case CASE:
		return take_cases(o, optarg);
	case TAP:
		o->file[CONFORM_TAP] = optarg;
		break;
	case JSON:
		o->file[CONFORM_JSON] = optarg;
		break;
	case MARKDOWN:
		o->file[CONFORM_MARKDOWN] = optarg;
		break;
	case JOBS:
		return arguments_number("jobs", optarg, "a number of runs", JOBS_MAX, &o->width);
	case SECONDS:
		return take_seconds(o, optarg);
	case KEEP:
		o->keep = optarg;
		break;
	case IMAGE:
		o->image = optarg;
		break;
	case SUITE:
		o->suite = optarg;
		break;
	case HYPERVISOR:
		o->hypervisor = optarg;
		break;
	default:
		o->debian = optarg;
		break;
	}
	return arguments_named(long_options, result);
}

bool conform_options_want(const struct conform_options *o, const struct run_plan *plan)
{
	for (size_t i = 0; i < o->run_count; i++)
		if (strcmp(o->runs[i], plan->name) == 0)
			return true;
	return o->run_count == 0;
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
	int result;

	memset(o, 0, sizeof(*o));
	o->width = jobs_width();
	arguments_begin();
	while ((result = arguments_next(long_options, "conform", argc, argv)) > 0)
		if (!take_flag(o, result) && !take_value(o, result))
			return false;
	if (result < 0)
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
