/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_BATCH_OPTIONS_H
#define TOOLS_RUN_BATCH_OPTIONS_H

/*
 * Options of every command that runs a batch of guests, each as the members of a row of its table
 * (tools/arguments.h): {BATCH_JOBS(o)}. `o` points to the command's options, which have the fields
 * width, keep, hypervisor and debian.
 */
#include "tools/arguments.h"
#include "tools/run/jobs.h"

#define BATCH_JOBS(o)                                                                      \
	"jobs", "N", "run at most N runs at a time, by default as many as there are CPUs", \
		.number = &(o)->width, .most = JOBS_MAX

#define BATCH_KEEP(o) \
	"keep", "DIR", "keep what each run used and printed in DIR/TARGET/RUN", .text = &(o)->keep

#define BATCH_HYPERVISOR(o)                                                                                    \
	"hypervisor", "FILE",                                                                                  \
		"the image of the project's hypervisor, by default hypervisor.img in pvtime's data directory", \
		.text = &(o)->hypervisor

#define BATCH_DEBIAN(o)                                                                           \
	"debian", "DIR",                                                                          \
		"the packages fetched from Debian, by default debian in pvtime's data directory", \
		.text = &(o)->debian

#endif
