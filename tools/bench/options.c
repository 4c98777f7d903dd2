/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/arguments.h"
#include "tools/bench/options.h"
#include "tools/command.h"
#include "tools/report.h"

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

/* At most one result goes to standard output, and --from excludes the options that choose runs. */
static bool check(const struct bench_options *o)
{
	const char *const files[] = {o->json, o->markdown, o->accuracy, o->data};
	bool good = arguments_one_standard(files, sizeof(files) / sizeof(files[0]),
					   "--json, --markdown, --accuracy and --data");
	bool runs = o->quick || o->run_count > 0 || o->target[BENCH_PVTIME] ||
		    o->target[BENCH_KVM] || o->target[BENCH_XEN];
	if (o->from != NULL && runs)
		report("--from runs nothing; expected no --quick, --run or targets with it");
	return good && (o->from == NULL || !runs);
}

bool bench_options_parse(struct bench_options *o, int argc, char **argv)
{
	const struct argument table[] = {
		{"quick", NULL, "run only what finishes in under a minute", .flag = &o->quick},
		{"run", "NAME",
		 "run only that kind of run (guest, pair, boot, exits, many, state, weights-N, caps-N, linux); may be given again",
		 .take = take_run},
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
		 "what bench/profile counted, for --markdown, by default bench/profile.json next to pvtime",
		 .text = &o->profile},
		{"seconds", "S", "guest time of each run of accuracy, by default 60",
		 .number = &o->seconds, .most = SECONDS_TOP},
		{"jobs", "N", "run at most N runs at a time, by default as many as there are CPUs",
		 .number = &o->width, .most = JOBS_MAX},
		{"keep", "DIR", "keep what each run used and printed in DIR/TARGET/RUN",
		 .text = &o->keep},
		{"bench", "DIR", "the benchmark's images, by default bench next to pvtime",
		 .text = &o->bench},
		{"suite", "DIR", "the host for KVM, by default conformance next to pvtime",
		 .text = &o->suite},
		{"hypervisor", "FILE",
		 "the image of the project's hypervisor, by default hypervisor.img next to pvtime",
		 .text = &o->hypervisor},
		{"debian", "DIR",
		 "the packages fetched from Debian, by default debian next to pvtime",
		 .text = &o->debian},
		{"help", NULL, "print this help", .flag = &o->help},
		{.name = NULL},
	};

	memset(o, 0, sizeof(*o));
	o->width = jobs_width();
	o->seconds = SECONDS;
	if (!arguments_parse("bench", table, o, argc, argv))
		return false;
	if (o->help) {
		arguments_usage(
			"pvtime bench [OPTION...] [TARGET...]",
			"Measure what the paths of a hypervisor cost, in instructions, and print those of the project's hypervisor beside its peers. A TARGET is pvtime (the project's hypervisor, the default), kvm, xen or all.",
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
