/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_RUN_H
#define TOOLS_BENCH_RUN_H

/*
 * What `pvtime bench` runs: the benchmark's guest, on the hypervisors that the conformance suite
 * also runs on (tools/run/target.h), and labs and machines that the command makes itself. Each run
 * is a job (tools/run/jobs.h) that leaves a text, from which figures are read.
 */
#include "tools/bench/bench.h"
#include "tools/run/jobs.h"

struct bench_run;

struct bench_kind {
	const char *name;
	bool quick;   /* part of --quick */
	bool one_cpu; /* cortex-a57 only, because the run does not measure instructions */
	const struct run_target *by[BENCH_TARGETS]; /* NULL: not run on that target */
	struct run_plan plan;			    /* all but its name and CPU */
	const char *image,
		/* files in the benchmark's directory; NULL: none, or the run finds its own */
		*initrd;

	/*
	 * Read figures from the text of a run that has ended. false: the text is not a complete
	 * result, and `why` (RUN_WHY bytes) says what is wrong.
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
	unsigned seconds; /* of guest time, in accuracy runs */
};

extern const struct bench_kind *const bench_kinds[];
extern const size_t bench_kind_count;

/*
 * The benchmark's guest. bench_guest_words() writes the word paths=, which names the rows that the
 * run measures; bench_guest_read() reads the guest's output.
 */
void bench_guest_words(const struct bench_run *run, char *text, size_t room);
bool bench_guest_read(const struct bench_run *run, struct bench_results *results, char *why);

/* Kinds that have a file of their own. */
extern const struct bench_kind bench_exits, bench_many, bench_boot, bench_state;
#define BENCH_ACCURACY_KINDS 17u
extern const struct bench_kind bench_accuracy_kinds[BENCH_ACCURACY_KINDS];

/*
 * bench_lab_begin() opens the kit's lab file for writing, with the section [lab] and the plan's CPU
 * already in it. NULL: it cannot be written, and `why` says so. bench_lab_run() closes the file and
 * runs it as lab_child_run() does, but appends to the text that the output already has.
 */
FILE *bench_lab_begin(const struct run_kit *kit, const struct run_plan *plan, char *why);
enum run_outcome bench_lab_run(FILE *lab, const struct run_kit *kit, const char *until,
			       unsigned limit_ms, struct run_output *output);

/* Write a section [vm NAME] with that image of the benchmark's directory, and further lines. */
void bench_lab_vm(FILE *lab, const struct run_kit *kit, const char *name, const char *image,
		  const char *lines);

/*
 * For run_target.ready: whether a lab of this project's hypervisor can run with these images (the
 * list ends with NULL).
 */
bool bench_lab_ready(const struct run_kit *kit, const char *const *images, char *why);

/*
 * The number after "NAME=" in the first line of the text that begins with `word`. false: there is
 * none.
 */
bool bench_number(const char *text, const char *word, const char *name, double *number);

#endif
