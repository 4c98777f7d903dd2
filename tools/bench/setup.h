/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_SETUP_H
#define TOOLS_BENCH_SETUP_H

/* Everything that `pvtime bench` needs before it starts the first run. */
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
	struct bench_run *runs; /* runs[i] and files[i] belong to the batch's job i */
	struct bench_files *files;
	bool good; /* every run so far has a complete result */
};

/*
 * Set the batch's kit and the paths. This function and the next return false if something is wrong,
 * after one line on standard error has said what.
 */
bool bench_find_kit(struct bench_command *c);

/* Choose the runs by c->options, check that each can be made, and give each a directory. */
bool bench_set_up(struct bench_command *c);

/* To be called in any case, even if a function above has failed. */
void bench_tear_down(struct bench_command *c);

#endif
