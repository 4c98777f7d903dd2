/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/arguments.h"
#include "tools/bench/options.h"
#include "tools/command.h"
#include "tools/report.h"

#define SECONDS	    60u
#define SECONDS_TOP 3600u

const char bench_usage[] =
	"usage: pvtime bench [OPTION...] [TARGET...]\n\n"
	"Measure what the paths of a hypervisor cost, in instructions, and draw ours beside its "
	"peers. A\n"
	"TARGET is pvtime (our hypervisor, the default), kvm, xen or all.\n\n"
	"  --quick            only what is done in under a minute\n"
	"  --run NAME         only that kind of run (guest, pair, boot, exits, many, state, "
	"weights-N,\n"
	"                     caps-N, linux); may be given again\n"
	"  --compare FILE     hold our figures against those of FILE, which --json wrote\n"
	"  --json FILE        write the figures to FILE; - is standard output\n"
	"  --markdown FILE    the same as docs/performance.md has them\n"
	"  --accuracy FILE    how exact the accounting is, as docs/accuracy.md has it\n"
	"  --data FILE        the figures for bench/plot.gp\n"
	"  --from FILE        tell the figures of FILE, which --json wrote, and run nothing\n"
	"  --profile FILE     what costs cycles, for --markdown, if not bench/profile.json next to "
	"pvtime\n"
	"  --seconds S        guest time of each run of accuracy, if not 60\n"
	"  --jobs N           N runs at a time, if not as many as there are CPUs\n"
	"  --keep DIR         leave what each run used and printed in DIR/TARGET/RUN\n"
	"  --bench DIR        where the benchmark's images are, if not in bench next to pvtime\n"
	"  --suite DIR        where the host for KVM is, if not in conformance next to pvtime\n"
	"  --hypervisor FILE  our hypervisor's image, if not hypervisor.img next to pvtime\n"
	"  --debian DIR       what was fetched from Debian, if not debian next to pvtime\n"
	"  --help             say this\n";

static bool take_run(void *options, const char *name)
{
	struct bench_options *o = options;
	size_t k = 0;

	while (k < bench_kind_count && strcmp(bench_kinds[k]->name, name) != 0)
		k++;
	if (k == bench_kind_count) {
		report("--run: '%s' is no kind of run; 'pvtime help bench' lists them", name);
		return false;
	}
	return arguments_collect(&o->runs, &o->run_count, name);
}

/* Standard output has room for one of them; and what is not run cannot be chosen. */
static bool check(const struct bench_options *o)
{
	const char *const files[] = {o->json, o->markdown, o->accuracy, o->data};
	bool good = arguments_one_standard(files, sizeof(files) / sizeof(files[0]),
					   "--json, --markdown, --accuracy and --data");
	bool runs = o->quick || o->run_count > 0 || o->target[BENCH_PVTIME] ||
		    o->target[BENCH_KVM] || o->target[BENCH_XEN];
	if (o->from != NULL && runs)
		report("--from runs nothing: not with --quick, --run or targets");
	return good && (o->from == NULL || !runs);
}

bool bench_options_parse(struct bench_options *o, int argc, char **argv)
{
	const struct argument table[] = {
		{"quick", .flag = &o->quick},
		{"run", .take = take_run},
		{"compare", .text = &o->compare},
		{"json", .text = &o->json},
		{"markdown", .text = &o->markdown},
		{"accuracy", .text = &o->accuracy},
		{"data", .text = &o->data},
		{"from", .text = &o->from},
		{"profile", .text = &o->profile},
		{"seconds", .number = &o->seconds, .what = "one", .most = SECONDS_TOP},
		{"jobs", .number = &o->width, .what = "one", .most = JOBS_MAX},
		{"keep", .text = &o->keep},
		{"bench", .text = &o->bench},
		{"suite", .text = &o->suite},
		{"hypervisor", .text = &o->hypervisor},
		{"debian", .text = &o->debian},
		{"help", .flag = &o->help},
		{.name = NULL},
	};

	memset(o, 0, sizeof(*o));
	o->width = jobs_width();
	o->seconds = SECONDS;
	if (!arguments_parse("bench", table, o, argc, argv))
		return false;
	if (o->help)
		return true;
	for (int i = optind; i < argc; i++)
		if (!arguments_target(argv[i], bench_target_names, BENCH_NONE, o->target))
			return false;
	if (!check(o))
		return false;
	if (optind == argc && o->from == NULL)
		o->target[BENCH_PVTIME] = true;
	/* What a hypervisor adds to a boot is told by the machine without one. */
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
