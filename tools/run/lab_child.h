/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_LAB_CHILD_H
#define TOOLS_RUN_LAB_CHILD_H

/* Run our own hypervisor: `pvtime lab --deterministic` with a lab file in the run's directory. */
#include "tools/run/target.h"

#define LAB_CHILD_LEDGER "ledger.json" /* in kit->keep, beside NAME.log of each VM */

/*
 * The path to which the caller writes the lab file; `path` has room for PATH_MAX bytes. false:
 * `why` says why not.
 */
bool lab_child_file(const struct run_kit *kit, char *path, char *why);

/*
 * Run that lab. With `until`, run it until the VM of that name powers off; output->text is this
 * VM's console, and RUN_LIMIT means that the VM did not power off within `limit_ms` of guest time.
 * With NULL, run it until all VMs are off, or for `limit_ms` if that is shorter; output->text is
 * the ledger as JSON.
 */
enum run_outcome lab_child_run(const struct run_kit *kit, const char *until, unsigned limit_ms,
			       struct run_output *output);

#endif
