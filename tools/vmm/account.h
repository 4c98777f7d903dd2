/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_ACCOUNT_H
#define TOOLS_VMM_ACCOUNT_H

/*
 * Computes the ledger of a vCPU on KVM from samples ("looks") of its thread. All times are in ns.
 * These functions make no system calls. tools/vmm/README.md ("How the ledger adds up") says why the
 * ledger is exact.
 */
#include <stdbool.h>
#include <stdint.h>
#include "pvtime/ledger.h"

/* What a look found the thread doing. */
enum look_found {
	LOOK_RAN,     /* it ran during the look */
	LOOK_BLOCKED, /* it was asleep */
	LOOK_OFF,     /* it was asleep, and its vCPU is off */
	LOOK_WAITED,  /* it was waiting for a CPU */
};

struct look {
	uint64_t at; /* CLOCK_MONOTONIC_RAW, read before the following values */
	enum look_found found;
	uint64_t run, wait; /* of the thread since its start: sum_exec_runtime, run_delay */
	uint64_t switches;  /* how often the thread got a CPU */
};

struct account {
	/* by enum pvtime_state; their sum is account_elapsed() */
	uint64_t ticks[PVTIME_STATES];
	uint64_t begun;
	/* totals of the vCPU's earlier threads */
	uint64_t run_before, wait_before, switches_before;
	enum pvtime_state state; /* at the last look */
	/* the state to which time counts in which the thread neither ran nor waited */
	enum pvtime_state rest;
	uint64_t switches;
};

/* Begin the ledger, before the vCPU's thread starts. `off`: the vCPU is off. */
void account_begin(struct account *a, uint64_t now, bool off);
/* Continue a closed ledger with a new thread, which is about to start. `off`: the vCPU is off. */
void account_resume(struct account *a, uint64_t now, bool off);
/* Take the next look. */
void account_look(struct account *a, const struct look *look);
/*
 * The thread has ended, after a last look at itself. From then on the vCPU is in `state`, OFF or
 * PAUSED.
 */
void account_end(struct account *a, enum pvtime_state state);
/* Close the ledger of a vCPU without a thread at `now`. */
void account_close(struct account *a, uint64_t now);
/* ns from the beginning to where the ledger is closed: the sum of all states. */
uint64_t account_elapsed(const struct account *a);

#endif
