/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_RUN_H
#define TOOLS_BENCH_RUN_H

/*
 * What `pvtime bench` runs: the benchmark's guest on the hypervisors that the conformance suite
 * runs on, too (tools/run/target.h), and labs and machines of its own. Each run is a job
 * (tools/run/jobs.h) that leaves a text; reading it gives figures.
 */
#include "tools/bench/bench.h"
#include "tools/run/jobs.h"

struct bench_run;

struct bench_kind {
	const char *name;
	bool quick;   /* belongs to --quick */
	bool one_cpu; /* on cortex-a57 only: it judges no instructions */
	const struct run_target *by[BENCH_TARGETS]; /* NULL: not there */
	struct run_plan plan;			    /* but for its name and CPU */
	const char *image,
		/* of the benchmark's directory; NULL: the run names its own, or there is none */
		*initrd;

	/*
	 * The text of one that has ended. false: it is no whole result, and `why` (RUN_WHY bytes)
	 * says in which way.
	 */
	bool (*read)(const struct bench_run *run, struct bench_results *results, char *why);
};

struct bench_run {
	const struct bench_kind *kind;
	enum bench_target target;
	enum bench_cpu cpu;
	char name[48]; /* KIND-CPU */
	const char *text;
	size_t length;
	unsigned seconds; /* of guest time, for the runs of accuracy */
};

extern const struct bench_kind *const bench_kinds[];
extern const size_t bench_kind_count;

/*
 * The benchmark's guest: the rows that a run is to have, as its word paths= names them; and its
 * text.
 */
void bench_guest_words(const struct bench_run *run, char *text, size_t room);
bool bench_guest_read(const struct bench_run *run, struct bench_results *results, char *why);

/* Kinds of their own files. */
extern const struct bench_kind bench_exits, bench_many, bench_boot, bench_state;
#define BENCH_ACCURACY_KINDS 17u
extern const struct bench_kind bench_accuracy_kinds[BENCH_ACCURACY_KINDS];

/*
 * A lab of one's own, on the CPU of the plan: what is written to it is the lab file behind the key
 * `cpu` of [lab]. NULL: it cannot be written, and `why` says so. bench_lab_run() closes it and runs
 * it like lab_child_run(), but adds to the text that is there.
 */
FILE *bench_lab_begin(const struct run_kit *kit, const struct run_plan *plan, char *why);
enum run_outcome bench_lab_run(FILE *lab, const struct run_kit *kit, const char *until,
			       unsigned limit_ms, struct run_output *output);

/* A section [vm NAME] of that image of the benchmark's directory, with further lines. */
void bench_lab_vm(FILE *lab, const struct run_kit *kit, const char *name, const char *image,
		  const char *lines);

/*
 * Whether a lab of our hypervisor can be run with these images (NULL ends them); for
 * run_target.ready.
 */
bool bench_lab_ready(const struct run_kit *kit, const char *const *images, char *why);

/*
 * The number behind "NAME=" in the text, of the line that begins with `word`. false: there is none.
 */
bool bench_number(const char *text, const char *word, const char *name, double *number);

#endif
