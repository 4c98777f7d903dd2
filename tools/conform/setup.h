/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_SETUP_H
#define TOOLS_CONFORM_SETUP_H

/* Everything that `pvtime conform` needs before it starts the first run. */
#include <stdio.h>
#include "tools/conform/options.h"
#include "tools/conform/result.h"
#include "tools/run/batch.h"

struct conform_command {
	struct conform_options options;
	struct run_batch *batch;
	struct conform_section sections[CONFORM_CHOICES];
	struct conform_report report;
	struct conform_run *runs; /* of all sections; runs[i] belongs to the batch's job i */
	char **words; /* words[i]: the command line of job i if it names cases, otherwise NULL */
	FILE *files[CONFORM_FORMATS];
	FILE *verbose; /* where the output of --verbose goes */
};

/*
 * By c->options: find the files, choose the runs, check that each can be made, and open the output
 * files. false: something is missing, and one line on standard error has said what. The caller has
 * to call conform_tear_down() in any case.
 */
bool conform_set_up(struct conform_command *c);
void conform_tear_down(struct conform_command *c);

#endif
