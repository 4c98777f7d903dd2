/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_STOPPED_H
#define TOOLS_VMM_STOPPED_H

/*
 * Was this process stopped, as by SIGSTOP? No process sees that coming. When it is over there is
 * SIGCONT, and the time that has passed since the process last did something. When in that time it
 * was stopped, and what each vCPU did until then, nobody knows: so the ledger stays as it is,
 * blocked, and the guests' counters as well, as what a guest has read must not come again. It is
 * told.
 */
#include <signal.h>
#include <stdint.h>
#include "tools/vmm/outlet.h"

struct stopped {
	sigset_t waiting;   /* the main thread's mask, while it waits: SIGCONT comes then */
	uint64_t served_at; /* when it last did something */
};

/* By the main thread, before there are others. */
void stopped_watch(struct stopped *s);
/* After each wait, of a thread that waits for a tenth of a second at most. */
void stopped_tell(struct stopped *s, struct outlet *o);
/* What has passed is accounted for. */
void stopped_forget(struct stopped *s);

#endif
