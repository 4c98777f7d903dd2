/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/arguments.h"
#include "tools/bench/options.h"
#include "tools/command.h"
#include "tools/report.h"
#include "tools/run/batch_options.h"

#define SECONDS	    60u
#define SECONDS_TOP 3600u

static bool take_run(void *options, const char *name)
{
	struct bench_options *o = options;
	size_t k = 0;

	while (k < bench_kind_count && strcmp(bench_kinds[k]->name, name) != 0)
		k++;
	if (k == bench_kind_count) {
		report("--run: '%s' is not a kind of run; 'pvtime help bench' lists them", name);
		return false;
	}
	return arguments_collect(&o->runs, &o->run_count, name);
}

/* Whether both names begin with the same word and '-', such as weights-1 and weights-2. */
static bool is_series(const char *a, const char *b)
{
	size_t stem = strcspn(a, "-");

	return a[stem] == '-' && strncmp(a, b, stem + 1) == 0;
}

/* Write the help of --run, with the names of all kinds; of a series, the first and the last. */
static void describe_run(char *text, size_t room)
{
	snprintf(text, room, "run only that kind of run (");
	for (size_t k = 0; k < bench_kind_count; k++) {
		const char *name = bench_kinds[k]->name;
		bool first = k == 0 || !is_series(bench_kinds[k - 1]->name, name),
		     last = k + 1 == bench_kind_count || !is_series(name, bench_kinds[k + 1]->name);
		size_t n = strlen(text);

		if (first || last)
			snprintf(text + n, room - n, "%s%s",
				 !first	 ? " to "
				 : k > 0 ? ", "
					 : "",
				 name);
	}
	size_t n = strlen(text);
	snprintf(text + n, room - n, "); may be given again");
}

/* At most one result goes to standard output, and --from excludes the options that choose runs. */
static bool check(const struct bench_options *o)
{
	const char *const files[] = {o->json, o->markdown, o->accuracy, o->data};
	bool good = arguments_one_standard(files, sizeof(files) / sizeof(files[0]),
					   "--json, --markdown, --accuracy and --data");
	bool runs = o->quick || o->run_count > 0;

	for (unsigned t = 0; t < BENCH_NONE; t++)
		runs |= o->target[t];
	if (o->from != NULL && runs)
		report("--from runs nothing; expected no --quick, --run or targets with it");
	return good && (o->from == NULL || !runs);
}

bool bench_options_parse(struct bench_options *o, int argc, char **argv)
{
	char run_help[512];
	const struct argument table[] = {
		{"quick", NULL, "run only what finishes in under a minute", .flag = &o->quick},
		{"run", "NAME", run_help, .take = take_run},
		{"compare", "FILE",
		 "compare the figures of the project's hypervisor with those of FILE, which --json wrote",
		 .text = &o->compare},
		{"json", "FILE", "write the results to FILE as JSON; - is standard output",
		 .text = &o->json},
		{"markdown", "FILE",
		 "write the results to FILE as in docs/performance.md; - is standard output",
		 .text = &o->markdown},
		{"accuracy", "FILE",
		 "write the accuracy to FILE as in docs/accuracy.md; - is standard output",
		 .text = &o->accuracy},
		{"data", "FILE",
		 "write the results to FILE for bench/plot.gp; - is standard output",
		 .text = &o->data},
		{"from", "FILE", "run nothing, and print the results of FILE, which --json wrote",
		 .text = &o->from},
		{"profile", "FILE",
		 "what bench/profile counted, for --markdown, by default bench/profile.json in pvtime's data directory",
		 .text = &o->profile},
		{"seconds", "S", "guest time of each run of accuracy, by default 60",
		 .number = &o->seconds, .most = SECONDS_TOP},
		{BATCH_JOBS(o)},
		{BATCH_KEEP(o)},
		{"bench", "DIR",
		 "the benchmark's images, by default bench in pvtime's data directory",
		 .text = &o->bench},
		{"suite", "DIR",
		 "the host for KVM, by default conformance in pvtime's data directory",
		 .text = &o->suite},
		{BATCH_HYPERVISOR(o)},
		{BATCH_DEBIAN(o)},
		{"help", NULL, "print this help", .flag = &o->help},
		{.name = NULL},
	};

	describe_run(run_help, sizeof(run_help));
	memset(o, 0, sizeof(*o));
	o->width = jobs_width();
	o->seconds = SECONDS;
	if (!arguments_parse("bench", table, o, argc, argv))
		return false;
	if (o->help) {
		arguments_usage(
			"pvtime bench [OPTION...] [TARGET...]",
			"Measure what the paths of a hypervisor cost, in instructions, and print those of the project's hypervisor beside its peers. A TARGET is pvtime (the project's hypervisor, the default), kvm, xen or all. kvm-before, kvm-mended and kvm-denied are Linux as 'make linux' builds it: from Debian's source, with ports/linux, and the same for a guest without stolen time. xen-before, xen+pvtime and xen-denied are Xen as 'make xen' builds it: from Debian's source, with stolen time, and with stolen time denied to the guest.",
			table, stdout);
		return true;
	}
	for (int i = optind; i < argc; i++)
		if (!arguments_target(argv[i], bench_target_names, BENCH_NONE, o->target))
			return false;
	if (!check(o))
		return false;
	if (optind == argc && o->from == NULL)
		o->target[BENCH_PVTIME] = true;
	/* The overhead of a boot is computed against the machine without a hypervisor. */
	o->target[BENCH_NONE] = o->from == NULL;
	return true;
}

void bench_options_free(struct bench_options *o)
{
	free(o->runs);
	o->runs = NULL;
}

bool bench_options_want(const struct bench_options *o, const struct bench_kind *kind,
			enum bench_target target)
{
	return arguments_listed(o->runs, o->run_count, kind->name) && o->target[target] &&
	       kind->by[target] != NULL && (kind->quick || !o->quick);
}
