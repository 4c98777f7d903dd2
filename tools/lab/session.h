/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_SESSION_H
#define TOOLS_LAB_SESSION_H

/* One run of a lab, from the started board to its end: the event loop. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/lab/intake.h"
#include "tools/run/process.h"

/*
 * From now on the signals that end a session, or concern its terminal, wait to be read from the
 * descriptor that is returned; -1 and errno where that cannot be. To be called before QEMU is
 * started.
 */
int session_block_signals(void);

/*
 * Serve the board until it has ended, or must be ended: `board` is gone afterwards. `signals` is
 * what session_block_signals() returned. Standard input goes to the attached console, if there is
 * one. true: the hypervisor said that all is well, and nothing has failed; in->have_ledger then
 * holds. If not, `why` is told, in one line.
 */
bool session_run(struct intake *in, struct process *board, int signals, char *why, size_t room);

#endif
