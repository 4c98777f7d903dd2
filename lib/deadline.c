/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines that do not advance while the hypervisor withholds the CPU. Where a number is not
 * exact, the code assumes that less time was used. A watchdog may fire a little late, but it must
 * not fire for time in which the hypervisor kept the guest from running.
 */
#include <pvtime/guest.h>

/*
 * The time since `counter` that was not stolen, in ns: at most the true value. `least` is a lower
 * bound of what was stolen by `counter`.
 */
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
	/* Field by field, because the compiler would copy the whole sample by a call of memcpy. */
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
