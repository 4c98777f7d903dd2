/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger of a vCPU: its state, since when, and the time that it spent in each state (R-24,
 * The ledger is kept in counter ticks, which pvtime_totals() and snapshots give as they are.
 * Only the published number is converted to ns, in publish.c.
 */
#include "internal.h"

/* Set all totals to 0 at `now`; the state is OFF. */
static void start(struct pvtime_vcpu *v, uint64_t now)
{
	for (unsigned int s = 0; s < PVTIME_STATES; s++)
		v->ticks[s] = 0;
	v->since = now;
	v->origin = now;
	v->published_ns = 0;
	v->state = PVTIME_OFF;
}

void pvtime_vcpu_init(struct pvtime_vcpu *v, enum pvtime_dialect dialect, uint32_t freq_hz,
		      uint64_t now)
{
	start(v, now);
	v->ipa = PVTIME_IPA_NONE;
	v->counter = NULL;
	v->rate = rate_of(freq_hz ? freq_hz : 1);
	v->dialect = (uint8_t)(freq_hz ? dialect : PVTIME_DIALECT_OFF);
}

void pvtime_vcpu_reset(struct pvtime_vcpu *v, uint64_t now)
{
	start(v, now);
	pvtime_page_init(v);
}

void pvtime_account(struct pvtime_vcpu *v, enum pvtime_state next, uint64_t now)
{
	charge(v, next, now);
}

void pvtime_totals(const struct pvtime_vcpu *v, uint64_t now, uint64_t ticks[PVTIME_STATES],
		   uint64_t *elapsed)
{
	uint64_t open = now > v->since ? now - v->since : 0;

	for (unsigned int s = 0; s < PVTIME_STATES; s++)
		ticks[s] = v->ticks[s];
	ticks[v->state] += open;
	*elapsed = v->since - v->origin + open;
}
