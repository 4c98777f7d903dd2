/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/vmm/account.h"

void account_begin(struct account *a, uint64_t now, bool off)
{
	memset(a, 0, sizeof(*a));
	a->begun = now;
	a->rest = off ? PVTIME_OFF : PVTIME_BLOCKED;
	a->state = off ? PVTIME_OFF : PVTIME_READY;
}

void account_resume(struct account *a, uint64_t now, bool off)
{
	a->begun = now - account_elapsed(a);
	a->run_before = a->ticks[PVTIME_RUNNING];
	a->wait_before = a->ticks[PVTIME_READY];
	a->switches_before = a->switches;
	a->rest = off ? PVTIME_OFF : PVTIME_BLOCKED;
	a->state = off ? PVTIME_OFF : PVTIME_READY;
}

uint64_t account_elapsed(const struct account *a)
{
	uint64_t sum = 0;

	for (int state = 0; state < PVTIME_STATES; state++)
		sum += a->ticks[state];
	return sum;
}

/*
 * The thread's times are read after `now`, so their sum may already exceed the time passed until
 * `now`.
 */
void account_close(struct account *a, uint64_t now)
{
	/* `begun` is modulo 2^64 and may stand for a negative value */
	uint64_t passed = (int64_t)(now - a->begun) > 0 ? now - a->begun : 0;
	uint64_t closed = account_elapsed(a);

	if (passed > closed)
		a->ticks[a->rest] += passed - closed;
}

void account_look(struct account *a, const struct look *look)
{
	a->ticks[PVTIME_RUNNING] = a->run_before + look->run;
	a->ticks[PVTIME_READY] = a->wait_before + look->wait;
	a->switches = a->switches_before + look->switches;
	if (look->found == LOOK_WAITED) {
		a->state = PVTIME_READY;
		return;
	}
	account_close(a, look->at);
	a->rest = look->found == LOOK_OFF ? PVTIME_OFF : PVTIME_BLOCKED;
	a->state = look->found == LOOK_RAN ? PVTIME_RUNNING : a->rest;
}

void account_end(struct account *a, enum pvtime_state state)
{
	a->state = a->rest = state;
}
