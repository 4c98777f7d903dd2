/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_STOPPED_H
#define TOOLS_VMM_STOPPED_H

/*
 * Detects that this process was stopped, as by SIGSTOP. A process gets no notice before it is
 * stopped. Afterwards it gets SIGCONT, and can measure how much time has passed since it last did
 * something. It cannot find out when in that time it was stopped, or what each vCPU did before. So
 * the ledger counts the time as BLOCKED, and the guests' counters are not set back, because a guest
 * must not read the same value again. A message reports it.
 */
#include <signal.h>
#include <stdint.h>
#include "tools/vmm/outlet.h"

struct stopped {
	/* the main thread's signal mask while it waits; SIGCONT is delivered only then */
	sigset_t waiting;
	uint64_t served_at; /* when the main thread last did something */
};

/* Call it in the main thread, before there are others. */
void stopped_watch(struct stopped *s);
/*
 * Report a stop, if there was one. Call it after each wait; a wait must not exceed a tenth of a
 * second.
 */
void stopped_tell(struct stopped *s, struct outlet *o);
/* Ignore the time until now, which is accounted for. */
void stopped_forget(struct stopped *s);

#endif
