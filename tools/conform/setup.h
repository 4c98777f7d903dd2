/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_SETUP_H
#define TOOLS_CONFORM_SETUP_H

/* Everything that `pvtime conform` has to have before it starts anything. */
#include <stdio.h>
#include "tools/conform/options.h"
#include "tools/conform/result.h"
#include "tools/run/batch.h"

struct conform_command {
	struct conform_options options;
	struct run_batch *batch;
	struct conform_section sections[CONFORM_CHOICES];
	struct conform_report report;
	struct conform_run *runs; /* of all sections, in the order of the jobs */
	char **words;		  /* each plan's `append`, where cases were added to it; or NULL */
	FILE *files[CONFORM_FORMATS];
	FILE *verbose; /* where --verbose goes */
};

/*
 * By c->options: find the files, choose the runs, see that each can be made, open what is to be
 * written. false: something is missing, and one line on standard error has said what.
 * conform_tear_down() is to be called in any case.
 */
bool conform_set_up(struct conform_command *c);
void conform_tear_down(struct conform_command *c);

#endif
