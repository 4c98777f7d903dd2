/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/bench/setup.h"
#include "tools/beside.h"
#include "tools/report.h"
#include "tools/run/file.h"

bool bench_find_kit(struct bench_command *c)
{
	const struct bench_options *o = &c->options;

	c->kit = (struct run_kit){
		.program = c->program,
		.suite = c->suite,
		.hypervisor = c->hypervisor,
		.debian = c->debian,
	};
	return beside(c->program, NULL, NULL) && beside(c->bench, o->bench, "bench") &&
	       beside(c->suite, o->suite, "conformance") &&
	       beside(c->hypervisor, o->hypervisor, "hypervisor.img") &&
	       beside(c->debian, o->debian, "debian") &&
	       beside(c->profile, o->profile, "bench/profile.json");
}

/*
 * The hypervisors' targets look for their parts in the conformance suite's directory, those of bench/ for all of theirs in
 * the benchmark's.
 */
static bool is_hypervisor(const struct run_target *target)
{
	return target == &target_pvtime || target == &target_kvm || target == &target_xen;
}

static void in_bench(const struct bench_command *c, const char *name, char path[PATH_MAX])
{
	char *absolute = realpath(c->bench, NULL);

	snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 64, absolute != NULL ? absolute : c->bench,
		 name);
	free(absolute);
}

static void add_run(struct bench_command *c, const struct bench_kind *kind,
		    enum bench_target target, enum bench_cpu cpu)
{
	struct bench_run *run = &c->runs[c->count];
	struct run_job *job = &c->jobs[c->count];
	struct bench_files *files = &c->files[c->count++];

	*run = (struct bench_run){.kind = kind, .target = target, .cpu = cpu};
	snprintf(run->name, sizeof(run->name), "%s-%s", kind->name, bench_cpu_names[cpu]);
	job->target = kind->by[target];
	job->plan = kind->plan;
	job->plan.name = run->name;
	job->plan.cpu = bench_cpu_names[cpu];
	if (job->plan.limit_s == 0)
		job->plan.limit_s = run->seconds = c->options.seconds;
	job->kit = c->kit;
	if (kind->image != NULL && is_hypervisor(job->target)) {
		in_bench(c, kind->image, files->image);
		job->kit.image = files->image;
	} else if (!is_hypervisor(job->target)) {
		job->kit.suite = c->bench;
	}
	if (kind->initrd != NULL) {
		in_bench(c, kind->initrd, files->initrd);
		job->kit.initrd = files->initrd;
	}
	if (kind->read == bench_guest_read) {
		bench_guest_words(run, files->words, sizeof(files->words));
		job->plan.append = files->words;
	}
	/* There is no stolen time to be had from Xen. */
	if (target == BENCH_XEN)
		job->plan.dialect = "off";
}

static bool choose_runs(struct bench_command *c)
{
	size_t most = bench_kind_count * BENCH_TARGETS * BENCH_CPUS;

	c->runs = calloc(most, sizeof(*c->runs));
	c->jobs = calloc(most, sizeof(*c->jobs));
	c->files = calloc(most, sizeof(*c->files));
	if (c->runs == NULL || c->jobs == NULL || c->files == NULL) {
		report("%m");
		return false;
	}
	for (size_t k = 0; k < bench_kind_count; k++)
		for (unsigned t = 0; t < BENCH_TARGETS; t++)
			for (unsigned cpu = 0; cpu < BENCH_CPUS; cpu++)
				if (bench_options_want(&c->options, bench_kinds[k],
						       (enum bench_target)t) &&
				    (cpu == BENCH_A57 || !bench_kinds[k]->one_cpu))
					add_run(c, bench_kinds[k], (enum bench_target)t,
						(enum bench_cpu)cpu);
	if (c->count == 0)
		report("--run: there is no such run of these targets");
	return c->count > 0;
}

static bool all_ready(const struct bench_command *c)
{
	char why[RUN_WHY] = "";

	for (size_t i = 0; i < c->count; i++)
		if (!c->jobs[i].target->ready(&c->jobs[i].kit, &c->jobs[i].plan, why)) {
			report("%s %s: %s", bench_target_names[c->runs[i].target], c->runs[i].name,
			       why);
			return false;
		}
	return true;
}

static bool make_directories(struct bench_command *c)
{
	if (c->options.keep != NULL)
		snprintf(c->keep, sizeof(c->keep), "%s", c->options.keep);
	else
		c->temporary = file_temporary(c->keep, "pvtime-bench");
	for (size_t i = 0; i < c->count && (c->options.keep != NULL || c->temporary); i++) {
		char *path = c->files[i].keep;
		int n = snprintf(path, PATH_MAX, "%.*s/%s/%s", PATH_MAX - 128, c->keep,
				 bench_target_names[c->runs[i].target], c->runs[i].name);
		if (n < 0 || !file_mkdir(path)) {
			report("--keep: %s: %m; expected a directory to write to", c->keep);
			return false;
		}
		c->jobs[i].kit.keep = path;
	}
	if (c->options.keep == NULL && !c->temporary)
		report("%s: %m; expected a directory to write to", c->keep);
	return c->options.keep != NULL || c->temporary;
}

bool bench_set_up(struct bench_command *c)
{
	return choose_runs(c) && all_ready(c) && make_directories(c);
}

void bench_tear_down(struct bench_command *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->jobs[i].output.text);
	if (c->signals > 0)
		close(c->signals);
	if (c->temporary)
		file_remove(c->keep);
	free(c->jobs);
	free(c->runs);
	free(c->files);
	bench_options_free(&c->options);
}
