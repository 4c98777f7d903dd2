/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_OPTIONS_H
#define TOOLS_CONFORM_OPTIONS_H

/* The command line of `pvtime conform`. */
#include <limits.h>
#include "tools/conform/rules.h"
#include "tools/conform/targets.h"

enum conform_format { CONFORM_TABLE, CONFORM_TAP, CONFORM_JSON, CONFORM_MARKDOWN, CONFORM_FORMATS };

/* A target to run, and the release of Debian that its Linux or Xen comes from. */
struct conform_choice {
	const struct conform_target *target;
	const char *name;    /* "kvm", or with a release "kvm/trixie"; points into argv */
	const char *release; /* NULL: this machine's release */
};

#define CONFORM_CHOICES 16u

struct conform_options {
	struct conform_choice choices
		[CONFORM_CHOICES]; /* in the order of the table of targets, without duplicates */
	size_t choice_count;
	const char **runs; /* the `run_count` names of --run; they point into argv */
	size_t run_count;
	bool case_given,
		selected[CONFORM_CASES];   /* the cases of --case, or all if it is not given */
	const char *file[CONFORM_FORMATS]; /* NULL: not wanted; "-": standard output */
	const char *keep, *suite, *hypervisor, *debian, *image; /* NULL: the default */
	unsigned limit_s;					/* 0: each run has its own limit */
	unsigned width; /* of --jobs: how many runs at a time */
	bool list, verbose, strict, help;
};

/*
 * --help prints the usage. false: an option is wrong, and one line on standard error says which.
 * The caller has to call conform_options_free() in any case.
 */
bool conform_options_parse(struct conform_options *options, int argc, char **argv);
void conform_options_free(struct conform_options *options);

/* Whether the options select that plan of a chosen target. */
bool conform_options_want(const struct conform_options *options, const struct run_plan *plan);

#endif
