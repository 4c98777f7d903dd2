/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RUN_PATIENCE_H
#define RUN_PATIENCE_H

/*
 * A timeout for a process, in seconds of an otherwise idle machine. While a thread of the process
 * or of its descendants is runnable, the CPU time that they get counts. While all of them sleep,
 * real time counts. So the timeout catches a process that hangs, whether it spins or sleeps, but
 * not a process that is slow because the machine is busy.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PATIENCE_LOOK_MS 250 /* call patience_is_over() this often */

struct patience {
	pid_t root;
	uint64_t limit_ns, used_ns;
	uint64_t looked_ns;    /* the time of the last look */
	uint64_t cpu_ns;       /* the CPU time of all processes at the last look */
	bool cpu_known;	       /* cpu_ns is valid */
	uint64_t next_look_ns; /* no look before this time */
};

/*
 * Start the timeout. If `root` is the caller itself, its own CPU time does not count, but that of
 * its descendants does.
 */
void patience_begin(struct patience *p, pid_t root, unsigned seconds);
bool patience_is_over(struct patience *p);
/* Do not count the time since the last look, in which the process was stopped. */
void patience_skip(struct patience *p);
/* Send SIGKILL to all descendants of `root`, not to `root` itself. Returns how many got it. */
unsigned patience_kill(pid_t root);

#endif
