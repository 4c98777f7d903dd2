/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_SETUP_H
#define TOOLS_BENCH_SETUP_H

/* Everything that `pvtime bench` has to have before it starts anything. */
#include <limits.h>
#include "tools/bench/options.h"
#include "tools/run/batch.h"

#define BENCH_WORDS 1024u

struct bench_files {
	char image[PATH_MAX], initrd[PATH_MAX];
	char words[BENCH_WORDS];
};

struct bench_command {
	struct bench_options options;
	struct bench_results results, before;
	struct run_batch *batch;
	char bench[PATH_MAX], profile[PATH_MAX];
	struct bench_run *runs; /* of the same index as the batch's jobs; so is the next */
	struct bench_files *files;
	bool good; /* every run so far is a whole result */
};

/*
 * Where everything lies: the batch's kit and the paths. false: one line on standard error has said
 * what is wrong; so of the next.
 */
bool bench_find_kit(struct bench_command *c);

/* By c->options: list the runs, see that each can be made, and give it a directory. */
bool bench_set_up(struct bench_command *c);

/* To be called in any case. */
void bench_tear_down(struct bench_command *c);

#endif
