/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_OPTIONS_H
#define TOOLS_BENCH_OPTIONS_H

#include "tools/bench/run.h"

struct bench_options {
	bool target[BENCH_TARGETS];
	const char **runs; /* names of --run */
	size_t run_count;
	bool quick, help;
	unsigned width;	  /* of --jobs */
	unsigned seconds; /* of the runs of accuracy */
	const char *from, *compare, *json, *markdown, *accuracy, *data;	  /* NULL: not given */
	const char *keep, *bench, *suite, *hypervisor, *debian, *profile; /* the same */
};

/* --help prints the usage. false: something is wrong, and one line on standard error says what. */
bool bench_options_parse(struct bench_options *o, int argc, char **argv);
void bench_options_free(struct bench_options *o);

/* Whether a kind is to be run on a target. */
bool bench_options_want(const struct bench_options *o, const struct bench_kind *kind,
			enum bench_target target);

#endif
