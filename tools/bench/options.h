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
	unsigned seconds; /* guest time of each accuracy run */
	const char *from, *compare, *json, *markdown, *accuracy, *data;	  /* NULL: not given */
	const char *keep, *bench, *suite, *hypervisor, *debian, *profile; /* NULL: the default */
};

/* --help prints the usage. false: an option is wrong, and one line on standard error says which. */
bool bench_options_parse(struct bench_options *o, int argc, char **argv);
void bench_options_free(struct bench_options *o);

/* Whether the options select this kind of run on this target. */
bool bench_options_want(const struct bench_options *o, const struct bench_kind *kind,
			enum bench_target target);

#endif
