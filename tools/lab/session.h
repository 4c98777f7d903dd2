/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_SESSION_H
#define TOOLS_LAB_SESSION_H

/* The event loop of a lab's run, from the start of the board to its end. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/lab/intake.h"
#include "tools/run/outputs.h"
#include "tools/run/process.h"

/*
 * Serve the board until it ends, or must be killed; then release `board`. `signals` is the
 * descriptor from signals_block(). Standard input goes to the attached console, if there is one.
 * true: the hypervisor reported success and nothing failed; then in->have_ledger is true. false:
 * `why` says why, in one line.
 */
bool session_run(struct intake *in, struct process *board, struct outputs *outputs, int signals,
		 char *why, size_t room);

#endif
