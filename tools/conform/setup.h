/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_SETUP_H
#define TOOLS_CONFORM_SETUP_H

/* Everything that `pvtime conform` has to have before it starts anything. */
#include <limits.h>
#include <stdio.h>
#include "tools/conform/options.h"
#include "tools/conform/result.h"
#include "tools/run/jobs.h"

struct conform_command {
	struct conform_options options;
	struct run_kit kit;
	char program[PATH_MAX], suite[PATH_MAX], hypervisor[PATH_MAX], debian[PATH_MAX];
	char keep[PATH_MAX];
	bool temporary; /* `keep` is to be removed */
	struct conform_section sections[CONFORM_TARGETS];
	struct conform_report report;
	struct run_job *jobs;
	struct conform_run *runs; /* of all sections, in the order of the jobs */
	char (*directories)[PATH_MAX];
	char **words; /* each plan's `append`, where cases were added to it; or NULL */
	size_t count;
	FILE *files[CONFORM_FORMATS];
	FILE *verbose;	   /* where --verbose goes */
	int signals;	   /* descriptor to read them from, or 0 */
	int signal_number; /* which has ended the runs; 0 */
};

/*
 * By c->options: find the files, choose the runs, see that each can be made, open what is to be
 * written. false: something is missing, and one line on standard error has said what.
 * conform_tear_down() is to be called in any case.
 */
bool conform_set_up(struct conform_command *c);
void conform_tear_down(struct conform_command *c);

#endif
