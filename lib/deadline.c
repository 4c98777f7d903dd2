/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines that do not run while the CPU is withheld. Wherever a number is not exact, it is taken
 * so that less time counts: a watchdog that fires a little late is a good watchdog, one that fires
 * for time the guest was kept from running is the fault that this is against.
 */
#include <pvtime/guest.h>
#include "internal.h"

/* Elapsed since `counter` and not stolen, where `least` was stolen by then: at most what it really
 * was. */
static uint64_t not_withheld(uint64_t counter, uint64_t least, const struct pvtime_sample *to,
			     uint32_t freq_hz)
{
	uint64_t elapsed, stolen;

	if (to->counter <= counter)
		return 0;
	elapsed = pvtime_ticks_to_ns(to->counter - counter, freq_hz);
	stolen = to->stolen_ns > least ? to->stolen_ns - least : 0;
	return elapsed > stolen ? elapsed - stolen : 0;
}

uint64_t pvtime_not_withheld_ns(const struct pvtime_sample *from, const struct pvtime_sample *to,
				uint32_t freq_hz)
{
	return not_withheld(from->counter, from->stolen_ns - from->slack_ns, to, freq_hz);
}

void pvtime_deadline_start(struct pvtime_deadline *d, const struct pvtime_sample *now,
			   uint64_t budget_ns, uint32_t freq_hz)
{
	/* Field by field: copying the sample as a whole would be a call of memcpy. */
	d->counter = now->counter;
	d->stolen_ns = now->stolen_ns - now->slack_ns;
	d->budget_ns = budget_ns;
	d->freq_hz = freq_hz;
}

uint64_t pvtime_deadline_left_ns(const struct pvtime_deadline *d, const struct pvtime_sample *now,
				 uint64_t stale_ns)
{
	uint64_t used = not_withheld(d->counter, d->stolen_ns, now, d->freq_hz);

	used = used > stale_ns ? used - stale_ns : 0;
	return used < d->budget_ns ? d->budget_ns - used : 0;
}

bool pvtime_deadline_passed(const struct pvtime_deadline *d, const struct pvtime_sample *now,
			    uint64_t stale_ns)
{
	return pvtime_deadline_left_ns(d, now, stale_ns) == 0;
}
