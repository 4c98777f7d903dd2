/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_TAP_H
#define TOOLS_CONFORM_TAP_H

/*
 * Checks the text of a run against the tables. It must have the "# suite" line of the run's build,
 * then each expected case exactly once, in the order of the table, with consecutive numbers and
 * with its rule and its text, then the plan. Firmware or a kernel may print anything before the "#
 * suite" line and after the plan. In between, only comments may come: any other line was torn or
 * lost.
 */
#include "tools/conform/result.h"

/*
 * Set the cases that a run of this plan must have: those of the guest, or of the user-space program
 * if plan->user. A guest that resets the VM (reset_ms= in plan->append) has only the case that
 * needs the reset, and other guests have all but that. Cases that are not `selected` or that are in
 * plan->without are left out.
 */
void conform_expect(const struct run_plan *plan, const bool selected[CONFORM_CASES],
		    bool expected[CONFORM_CASES]);

/*
 * Fill run->result from the `length` bytes of text of a run that ended by itself; run->plan and
 * run->expected are set. `build` is what the "# suite" line must name, or NULL for any build. The
 * status becomes CONFORM_COMPLETE, or CONFORM_FAULTY with the first fault in `why`; out of memory
 * is a fault, too. Verdicts come from the lines before the first fault.
 */
void conform_tap_read(struct conform_run *run, const char *build, const char *text, size_t length);

#endif
