/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RUN_PATIENCE_H
#define RUN_PATIENCE_H

/*
 * How long to wait for a process: in seconds of a machine that has nothing else to do. While a
 * thread of the process, or of what it has started, wants a CPU, the CPU time that these get
 * counts; while all of them wait for something, real time counts. A process that hangs is given up,
 * whether it spins or sleeps, and a busy machine is no reason to give up.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PATIENCE_LOOK_MS 250 /* patience_is_over() wants to be asked so often */

struct patience {
	pid_t root;
	uint64_t limit_ns, used_ns;
	uint64_t looked_ns;    /* the time of the last look, */
	uint64_t cpu_ns;       /* and the CPU time of all of them by then, */
	bool cpu_known;	       /* if it was looked at */
	uint64_t next_look_ns; /* no look before this time */
};

/*
 * From now on. Where `root` is the caller, what the caller itself does is not counted, but all that
 * it has started is.
 */
void patience_begin(struct patience *p, pid_t root, unsigned seconds);
bool patience_is_over(struct patience *p);
/* The time since the last look does not count, as the process was not to run. */
void patience_skip(struct patience *p);
/* Send SIGKILL to all that `root` has started, not to `root` itself. Returns how many there are. */
unsigned patience_kill(pid_t root);

#endif
