/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_SESSION_H
#define TOOLS_LAB_SESSION_H

/* One run of a lab, from the started board to its end: the event loop. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/lab/intake.h"
#include "tools/run/outputs.h"
#include "tools/run/process.h"

/*
 * Serve the board until it has ended, or must be ended: `board` is gone afterwards. `signals` is
 * what signals_block() returned. Standard input goes to the attached console, if there is
 * one. true: the hypervisor said that all is well, and nothing has failed; in->have_ledger then
 * holds. If not, `why` is told, in one line.
 */
bool session_run(struct intake *in, struct process *board, struct outputs *outputs, int signals,
		 char *why, size_t room);

#endif
