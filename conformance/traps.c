/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's work for the vCPU itself is not a wait. */
#include "gaps.h"
#include "suite.h"

#define ROUNDS	 32u
#define PASSES	 64u
#define TRAPS	 4u /* traps in a pass, which consists mostly of their handling */
#define SLEEP_US 10u

/*
 * Many traps, then a sleep, because a hypervisor may publish only when the vCPU is scheduled in. A
 * pass that takes longer than the slack may contain a wait, so it is left out; so is the sleep,
 * which other cases judge. Of the remaining time a quarter may be charged. Returns the charge
 * beyond all that, in ns.
 */
static uint64_t trap_and_sleep(uint64_t *handling_ns)
{
	struct reading first = gaps_read(), last = first, now;
	uint64_t handling = 0, away, grown, allowed;

	for (unsigned i = 0; i < PASSES; i++) {
		for (unsigned k = 0; k < TRAPS; k++)
			gaps_trap();
		now = gaps_read();
		if (ns_of(now.counter - last.counter) <= suite.slack_ns)
			handling += now.counter - last.counter;
		last = now;
	}
	timer_sleep_until(last.counter + ticks_of_us(SLEEP_US));
	now = gaps_read();
	away = now.counter - first.counter - handling;
	*handling_ns += ns_of(handling);
	grown = now.stolen_ns - first.stolen_ns;
	allowed = ns_of(away + handling / 4) + gaps_rounding_ns(away);
	return grown > allowed ? grown - allowed : 0;
}

void case_traps(void)
{
	uint64_t handling_ns = 0, most_ns = 0;
	unsigned charged = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t more_ns = trap_and_sleep(&handling_ns);

		charged += more_ns != 0;
		most_ns = more_ns > most_ns ? more_ns : most_ns;
	}
	check(charged <= 1 + ROUNDS / GAPS_ODD_ONES,
	      "in %u of %u rounds of %u traps, more than a quarter of their handling was charged, by up to %lu ns",
	      charged, ROUNDS, PASSES * TRAPS, most_ns);
	observe("%u traps took %lu us", ROUNDS * PASSES * TRAPS, handling_ns / 1000);
}
