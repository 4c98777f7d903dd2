/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include "machine/link.h"
#include "tools/vmm/look.h"
#include "tools/vmm/stopped.h"

#define NS_PER_MS UINT64_C(1000000)
/* three waits; a SIGCONT without such a gap came to a running process, which is harmless */
#define LEAST_NS (300 * NS_PER_MS)

static volatile sig_atomic_t continued;

static void was_continued(int number)
{
	(void)number;
	continued = 1;
}

void stopped_watch(struct stopped *s)
{
	const struct sigaction action = {.sa_handler = was_continued};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCONT);
	pthread_sigmask(SIG_BLOCK, &set, &s->waiting);
	sigaction(SIGCONT, &action, NULL);
	stopped_forget(s);
}

void stopped_forget(struct stopped *s)
{
	continued = 0;
	s->served_at = look_now();
}

void stopped_tell(struct stopped *s, struct outlet *o)
{
	char line[256];
	uint64_t ms = (look_now() - s->served_at) / NS_PER_MS;

	if (continued && ms * NS_PER_MS >= LEAST_NS) {
		int n = snprintf(
			line, sizeof(line),
			"the VMM was stopped, for up to %ju.%03ju s: the ledger counts that as blocked, and the guests' counters continued; SIGTSTP to pvtime pauses them\n",
			(uintmax_t)(ms / 1000), (uintmax_t)(ms % 1000));
		outlet_bytes(o, LINK_LOG, (const uint8_t *)line, (size_t)n);
	}
	stopped_forget(s);
}
