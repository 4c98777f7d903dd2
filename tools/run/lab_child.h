/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_LAB_CHILD_H
#define TOOLS_RUN_LAB_CHILD_H

/*
 * A run of our own hypervisor: `pvtime lab --deterministic` on a lab file in the run's directory.
 */
#include "tools/run/target.h"

#define LAB_CHILD_LEDGER "ledger.json" /* in kit->keep, beside NAME.log of each VM */

/* Where the lab file is to be written: `path` has room for PATH_MAX bytes. false: `why`. */
bool lab_child_file(const struct run_kit *kit, char *path, char *why);

/*
 * Run that lab. With `until`, till that VM has powered off; its console is the text, and RUN_LIMIT
 * says that it had not within `limit_ms` of guest time. With NULL, till all VMs are off or for
 * `limit_ms`, whichever comes first; the text is the ledger as JSON.
 */
enum run_outcome lab_child_run(const struct run_kit *kit, const char *until, unsigned limit_ms,
			       struct run_output *output);

#endif
