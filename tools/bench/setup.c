/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/bench/setup.h"
#include "tools/data.h"
#include "tools/report.h"

/*
 * The hypervisors' targets find their parts in the conformance suite's directory; the other targets
 * find all of theirs in the benchmark's.
 */
static bool is_hypervisor(const struct run_target *target)
{
	return target == &target_pvtime || target == &target_kvm || target == &target_xen ||
	       target == &target_kvm_before || target == &target_kvm_mended ||
	       target == &target_xen_before || target == &target_xen_pvtime;
}

bool bench_find_kit(struct bench_command *c)
{
	const struct bench_options *o = &c->options;

	return batch_find_kit(c->batch, o->suite, o->hypervisor, o->debian) &&
	       data_path(c->bench, o->bench, "bench") &&
	       data_path(c->profile, o->profile, "bench/profile.json");
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
	size_t index = c->batch->count++;
	struct bench_run *run = &c->runs[index];
	struct run_job *job = &c->batch->jobs[index];
	struct bench_files *files = &c->files[index];

	*run = (struct bench_run){.kind = kind, .target = target, .cpu = cpu};
	snprintf(run->name, sizeof(run->name), "%s-%s", kind->name, bench_cpu_names[cpu]);
	job->target = kind->by[target];
	job->name = bench_target_names[target];
	job->plan = kind->plan;
	job->plan.name = run->name;
	job->plan.cpu = bench_cpu_names[cpu];
	if (job->plan.limit_s == 0)
		job->plan.limit_s = run->seconds = c->options.seconds;
	job->kit = c->batch->kit;
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
	/* Xen has no stolen time of its own. */
	if (target == BENCH_KVM_DENIED || target == BENCH_XEN || target == BENCH_XEN_BEFORE ||
	    target == BENCH_XEN_DENIED)
		job->plan.dialect = "off";
}

static bool choose_runs(struct bench_command *c)
{
	size_t most = bench_kind_count * BENCH_TARGETS * BENCH_CPUS;

	if (!batch_make_jobs(c->batch, most))
		return false;
	c->runs = calloc(most, sizeof(*c->runs));
	c->files = calloc(most, sizeof(*c->files));
	if (c->runs == NULL || c->files == NULL) {
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
	if (c->batch->count == 0)
		report("--run: there is no such run of these targets");
	return c->batch->count > 0;
}

bool bench_set_up(struct bench_command *c)
{
	return choose_runs(c) && batch_ready(c->batch) && batch_hold_signals(c->batch) &&
	       batch_make_directories(c->batch, c->options.keep, "pvtime-bench");
}

void bench_tear_down(struct bench_command *c)
{
	free(c->runs);
	free(c->files);
	bench_options_free(&c->options);
}
