/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_TAP_H
#define TOOLS_CONFORM_TAP_H

/*
 * The text of a run, held against the tables: the "# suite" line of the run's build, then each case
 * that is expected exactly once, in the order of the table, with consecutive numbers, its rule and
 * its text, and the plan. Before the "# suite" line and after the plan anything may be printed, by
 * firmware or by a kernel; in between only comments, as anything else is a line that was torn or
 * lost.
 */
#include "tools/conform/result.h"

/*
 * The cases that a run of this plan has to have: those of the guest or of the user-space program,
 * but in a run that resets the VM (reset_ms= in plan->append) the one that wants it, and else all
 * others; of these the ones that are `selected`, and not in plan->without.
 */
void conform_expect(const struct run_plan *plan, const bool selected[CONFORM_CASES],
		    bool expected[CONFORM_CASES]);

/*
 * Fill run->result from the `length` bytes of text, of a run that has ended by itself; run->plan
 * and run->expected are set. `build`: what the "# suite" line has to name, or NULL for any. The
 * result is CONFORM_COMPLETE, or CONFORM_FAULTY with `why`, of the first fault. Verdicts are those
 * of the lines before it. Out of memory: faulty.
 */
void conform_tap_read(struct conform_run *run, const char *build, const char *text, size_t length);

#endif
