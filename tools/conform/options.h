/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_OPTIONS_H
#define TOOLS_CONFORM_OPTIONS_H

/* The command line of `pvtime conform`. */
#include <limits.h>
#include "tools/conform/rules.h"
#include "tools/conform/targets.h"

enum conform_format { CONFORM_TABLE, CONFORM_TAP, CONFORM_JSON, CONFORM_MARKDOWN, CONFORM_FORMATS };

/* A target that is to be run, and whose Linux or Xen. */
struct conform_choice {
	const struct conform_target *target;
	const char *name;    /* "kvm", or with a release "kvm/trixie"; points into argv */
	const char *release; /* of Debian; NULL: this machine's */
};

#define CONFORM_CHOICES 16u

struct conform_options {
	struct conform_choice choices[CONFORM_CHOICES]; /* in the order of the table, each once */
	size_t choice_count;
	const char **runs; /* of --run, `run_count` of them; point into argv */
	size_t run_count;
	bool case_given, selected[CONFORM_CASES]; /* of --case; all where none is given */
	const char *file[CONFORM_FORMATS];	  /* NULL: not wanted; "-": standard output */
	const char *keep, *suite, *hypervisor, *debian, *image; /* NULL: as by default */
	unsigned limit_s;					/* 0: each run's own */
	unsigned width;						/* runs at a time */
	bool list, verbose, strict, help;
};

/*
 * --help prints the usage. false: something is wrong, and one line on standard error says what.
 * conform_options_free() is to be called in any case.
 */
bool conform_options_parse(struct conform_options *options, int argc, char **argv);
void conform_options_free(struct conform_options *options);

/* Whether that plan of a target that was chosen was asked for. */
bool conform_options_want(const struct conform_options *options, const struct run_plan *plan);

#endif
