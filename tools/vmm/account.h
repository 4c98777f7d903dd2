/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_ACCOUNT_H
#define TOOLS_VMM_ACCOUNT_H

/*
 * The ledger of a vCPU on KVM, from looks at its thread. All times are in ns. Pure:
 * tools/vmm/README.md ("How the ledger adds up") says why it is exact.
 */
#include <stdbool.h>
#include <stdint.h>
#include "pvtime/host.h"

/* How a thread was found. */
enum look_found {
	LOOK_RAN,     /* it ran amid the look */
	LOOK_BLOCKED, /* it slept */
	LOOK_OFF,     /* it slept, as a vCPU that is off */
	LOOK_WAITED,  /* neither: it waits for a CPU */
};

struct look {
	uint64_t at; /* CLOCK_MONOTONIC_RAW, read before all that follows */
	enum look_found found;
	uint64_t run, wait; /* of the thread, since it was made: sum_exec_runtime, run_delay */
	uint64_t switches;  /* how often it got a CPU */
};

struct account {
	/* by enum pvtime_state; their sum is how far the ledger is closed */
	uint64_t ticks[PVTIME_STATES];
	uint64_t begun;
	uint64_t run_before, wait_before, switches_before; /* of threads before this one */
	enum pvtime_state state;			   /* in which it was seen last */
	enum pvtime_state rest; /* what the time that was neither run nor waited is */
	uint64_t switches;
};

/* The ledger begins, before the thread is made. `off`: the vCPU is off. */
void account_begin(struct account *a, uint64_t now, bool off);
/*
 * It goes on, of a ledger that has been closed, with a thread that is about to be made. `off`: as
 * above.
 */
void account_resume(struct account *a, uint64_t now, bool off);
/* Looks follow each other. */
void account_look(struct account *a, const struct look *look);
/*
 * The thread has ended, after a last look at itself: from then on the vCPU is in `state`, OFF or
 * PAUSED.
 */
void account_end(struct account *a, enum pvtime_state state);
/* The ledger of a vCPU without a thread, up to now. */
void account_close(struct account *a, uint64_t now);
/* ns since the beginning up to which it is closed: the sum of all states. */
uint64_t account_elapsed(const struct account *a);

#endif
