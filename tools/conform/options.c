/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/conform/options.h"
#include "tools/report.h"
#include "tools/run/batch_options.h"

#define LIMIT_S_MAX 86400u

static bool take_run(void *options, const char *name)
{
	struct conform_options *o = options;

	return arguments_collect(&o->runs, &o->run_count, name);
}

/* A list of cases, separated by commas. */
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

/* Whether each --run names a run of a chosen target. */
static bool check_runs(const struct conform_options *o)
{
	for (size_t i = 0; i < o->run_count; i++) {
		bool found = false;
		for (size_t c = 0; c < o->choice_count; c++) {
			const struct conform_target *t = o->choices[c].target;
			for (size_t p = 0; p < t->plan_count; p++)
				found |= strcmp(t->plans[p].name, o->runs[i]) == 0;
		}
		if (!found) {
			report("--run: '%s' is not a run of the targets given; 'pvtime conform --list' lists them",
			       o->runs[i]);
			return false;
		}
	}
	return true;
}

/*
 * Insert a choice. Choices have the order of the table of targets; within one target, that of the
 * command line.
 */
static bool choose(struct conform_options *o, const struct conform_choice *choice)
{
	size_t at = o->choice_count;

	for (size_t i = 0; i < o->choice_count; i++)
		if (strcmp(o->choices[i].name, choice->name) == 0)
			return true;
	if (at == CONFORM_CHOICES) {
		report("'%s' is one target too many; expected %u at most", choice->name,
		       CONFORM_CHOICES);
		return false;
	}
	for (; at > 0 && o->choices[at - 1].target > choice->target; at--)
		o->choices[at] = o->choices[at - 1];
	o->choices[at] = *choice;
	o->choice_count++;
	return true;
}

/* KIND or KIND/RELEASE; RELEASE is the name of a directory. */
static bool take_target(struct conform_options *o, const char *name)
{
	const char *slash = strchr(name, '/');
	const char *release = slash != NULL ? slash + 1 : NULL, *names[CONFORM_TARGETS];
	bool chosen[CONFORM_TARGETS] = {false}, good = true;
	char kind[32];

	snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(name, "/"), name);
	for (unsigned t = 0; t < CONFORM_TARGETS; t++)
		names[t] = conform_targets[t].by->name;
	if (!arguments_target(kind, names, CONFORM_TARGETS, chosen))
		return false;
	for (unsigned t = 0; t < CONFORM_TARGETS && good; t++) {
		const struct conform_target *target = &conform_targets[t];

		if (!chosen[t])
			continue;
		if (release != NULL && (target->by->release == NULL || *release == '\0' ||
					*release == '.' || strchr(release, '/') != NULL)) {
			report("'%s' is not a target; expected a release of Debian after kvm, kvm-mended, xen or xen+pvtime, such as kvm/trixie",
			       name);
			return false;
		}
		good = choose(o, &(struct conform_choice){
					 .target = target,
					 .name = release != NULL ? name : target->by->name,
					 .release = release});
	}
	return good;
}

bool conform_options_parse(struct conform_options *o, int argc, char **argv)
{
	const struct argument table[] = {
		{"run", "NAME", "run only the run NAME of the targets; may be given again",
		 .take = take_run},
		{"case", "NAME,...", "run only these cases; may be given again",
		 .take = take_cases},
		{"list", NULL, "print the rules with their cases, and the runs; start nothing",
		 .flag = &o->list},
		{"tap", "FILE", "write the results to FILE as TAP; - is standard output",
		 .text = &o->file[CONFORM_TAP]},
		{"json", "FILE", "write the results to FILE as JSON; - is standard output",
		 .text = &o->file[CONFORM_JSON]},
		{"markdown", "FILE",
		 "write the results to FILE as in docs/conformance.md; - is standard output",
		 .text = &o->file[CONFORM_MARKDOWN]},
		{"strict", NULL,
		 "treat FAIL on kvm, kvm-mended, xen or xen+pvtime as a failure of the command as well; 'weaker' is never a failure",
		 .flag = &o->strict},
		{"verbose", NULL, "also write what each run printed", .flag = &o->verbose},
		{BATCH_JOBS(o)},
		{"seconds", "S",
		 "end each run after S seconds of guest time instead of its own limit",
		 .take = take_seconds},
		{BATCH_KEEP(o)},
		{"image", "FILE", "run this arm64 image instead of the suite's own",
		 .text = &o->image},
		{"suite", "DIR",
		 "the suite's images, by default conformance in pvtime's data directory",
		 .text = &o->suite},
		{BATCH_HYPERVISOR(o)},
		{BATCH_DEBIAN(o)},
		{"help", NULL, "print this help", .flag = &o->help},
		{.name = NULL},
	};

	memset(o, 0, sizeof(*o));
	o->width = jobs_width();
	if (!arguments_parse("conform", table, o, argc, argv))
		return false;
	if (o->help) {
		arguments_usage(
			"pvtime conform [OPTION...] [TARGET...]",
			"Run the conformance suite for stolen time, and print which target keeps which rule. A TARGET is pvtime (the project's hypervisor, the default), kvm, kvm-mended (Linux with ports/linux, as 'make linux' builds it), xen, xen+pvtime (Xen with ports/xen, as 'make xen' builds it) or all; kvm/RELEASE, kvm-mended/RELEASE, xen/RELEASE and xen+pvtime/RELEASE are Linux and Xen of that release of Debian, such as kvm/trixie.",
			table, stdout);
		return true;
	}
	for (int i = optind; i < argc; i++)
		if (!take_target(o, argv[i]))
			return false;
	if (optind == argc)
		take_target(o, conform_targets[0].by->name);
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
