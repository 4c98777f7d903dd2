/* SPDX-License-Identifier: BSD-2-Clause */
/* Deadlines in time that was not withheld, of this CPU and of another one. */
#include <pvtime/guest.h>
#include <pvtime/ledger.h>
#include "tests/lib/random.h"
#include "tests/tap.h"

#define GHZ 1000000000u
#define MS  1000000u

static struct pvtime_sample at(uint64_t counter, uint64_t stolen_ns, uint64_t slack_ns)
{
	return (struct pvtime_sample){
		.counter = counter, .stolen_ns = stolen_ns, .slack_ns = slack_ns};
}

static void check_not_withheld(void)
{
	struct pvtime_sample from = at(1000, 500, 0), to = at(4000, 1500, 0);

	tap_is_u64(pvtime_not_withheld_ns(&from, &to, GHZ), 2000,
		   "of 3000 ns elapsed and 1000 ns stolen, 2000 ns were not withheld");
	tap_is_u64(pvtime_not_withheld_ns(&from, &to, 24000000), 124000,
		   "of 3000 ticks of 24 MHz and 1000 ns stolen, 124000 ns were not withheld");
	tap_is_u64(pvtime_not_withheld_ns(&from, &from, GHZ), 0,
		   "between a sample and itself 0 ns were not withheld");
	tap_is_u64(pvtime_not_withheld_ns(&to, &from, GHZ), 0,
		   "a counter that went back gives 0 ns");
	to.counter = 1500;
	tap_is_u64(pvtime_not_withheld_ns(&from, &to, GHZ), 0,
		   "more stolen than elapsed time gives 0 ns");
	to = at(4000, 400, 0);
	tap_is_u64(pvtime_not_withheld_ns(&from, &to, GHZ), 3000,
		   "stolen time that went back counts as 0 ns");
	from.slack_ns = 100;
	to = at(4000, 1500, 0);
	tap_is_u64(pvtime_not_withheld_ns(&from, &to, GHZ), 1900,
		   "slack of the first sample counts as stolen");
	to.slack_ns = 50;
	tap_is_u64(pvtime_not_withheld_ns(&from, &to, GHZ), 1900,
		   "slack of the last sample does not count once more");
}

static void check_own(void)
{
	struct pvtime_sample now = at(10 * MS, 5 * MS, 0);
	struct pvtime_deadline d;

	pvtime_deadline_start(&d, &now, 20 * MS, GHZ);
	tap_is_u64(pvtime_deadline_left_ns(&d, &now, 0), 20 * MS, "all is left at the start");
	now = at(29 * MS, 5 * MS, 0);
	tap_is_u64(pvtime_deadline_left_ns(&d, &now, 0), 1 * MS, "1 ms is left after 19 of 20 ms");
	tap_ok(!pvtime_deadline_passed(&d, &now, 0),
	       "a deadline of 20 ms has not passed after 19 ms");
	now = at(30 * MS, 5 * MS, 0);
	tap_ok(pvtime_deadline_passed(&d, &now, 0),
	       "a deadline of 20 ms has passed after 20 ms of which none were stolen");
	now = at(300 * MS, 5 * MS, 0);
	tap_is_u64(pvtime_deadline_left_ns(&d, &now, 0), 0,
		   "a deadline that has passed stays passed, with nothing left");
	now = at(1010 * MS, 1000 * MS, 0);
	tap_ok(!pvtime_deadline_passed(&d, &now, 0),
	       "a deadline of 20 ms has not passed after a second of which 995 ms were stolen");
	tap_is_u64(pvtime_deadline_left_ns(&d, &now, 0), 15 * MS,
		   "15 of 20 ms are left after a second of which 995 ms were stolen");
	now = at(5 * MS, 5 * MS, 0);
	tap_is_u64(pvtime_deadline_left_ns(&d, &now, 0), 20 * MS,
		   "a counter that went back uses nothing of a deadline");
	pvtime_deadline_start(&d, &now, 0, GHZ);
	tap_ok(pvtime_deadline_passed(&d, &now, 0),
	       "a deadline with a budget of 0 has passed at once");
	pvtime_deadline_start(&d, &now, UINT64_MAX, GHZ);
	now = at(UINT64_MAX, 5 * MS, 0);
	tap_ok(!pvtime_deadline_passed(&d, &now, 0),
	       "a deadline with an endless budget does not pass");
	now = at(10 * MS, 5 * MS, 2 * MS);
	pvtime_deadline_start(&d, &now, 20 * MS, GHZ);
	now = at(30 * MS, 5 * MS, 0);
	tap_is_u64(pvtime_deadline_left_ns(&d, &now, 0), 2 * MS,
		   "slack of the first sample makes a deadline later");
}

/*
 * Another vCPU, seen through a page that lags: a hypervisor and a watchdog, simulated in steps of 1
 * ms. The vCPU runs and waits at random. The hypervisor publishes when it schedules the vCPU in,
 * and refreshes the page of a waiting vCPU every 100 ms, not sooner. Returns whether the deadline
 * stayed within its bounds.
 */
static bool watch(uint64_t seed, uint64_t budget_ms, uint64_t stale_ns, uint64_t late_ms)
{
	struct pvtime_stolen page;
	struct pvtime_vcpu v;
	struct pvtime_guest_cpu c = {0};
	struct pvtime_deadline d;
	uint64_t used_ms = 0, refreshed = 0, armed = random_below(&seed, 400), phase = 0;
	bool waiting = false, passed = false;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, GHZ, 0);
	pvtime_map(&v.view, &page);
	pvtime_guest_attach(&c, &page);
	pvtime_switch_in(&v, 0);
	for (uint64_t ms = 0; used_ms <= budget_ms + late_ms; ms++) {
		uint64_t now = ms * MS;
		struct pvtime_sample s;

		if (ms >= phase) {
			waiting = !waiting;
			phase = ms + 1 + random_below(&seed, 350);
			refreshed = ms;
			if (waiting)
				pvtime_account(&v, PVTIME_READY, now);
			else
				pvtime_switch_in(&v, now);
		} else if (waiting && ms - refreshed == 100) {
			refreshed = ms;
			pvtime_publish(&v, now);
		}
		pvtime_sample_begin(&s, &c);
		pvtime_sample_end(&s, &c, now);
		if (ms == armed)
			pvtime_deadline_start(&d, &s, budget_ms * MS, GHZ);
		if (ms < armed)
			continue;
		/* used_ms: the time that the vCPU really had since the deadline was armed. */
		passed = pvtime_deadline_passed(&d, &s, stale_ns);
		if (passed)
			return used_ms >= budget_ms;
		used_ms += !waiting;
	}
	return false;
}

static void check_other(void)
{
	unsigned int wrong = 0, hasty = 0;

	for (uint64_t seed = 1; seed <= 300; seed++) {
		uint64_t budget_ms = 50 * (seed % 20);

		if (!watch(seed * 0x9E3779B97F4A7C15u, budget_ms, PVTIME_STALE_NS, 200))
			wrong++;
		if (!watch(seed * 0x9E3779B97F4A7C15u, budget_ms, 0, 200))
			hasty++;
	}
	tap_is_u64(wrong, 0,
		   "another vCPU's deadline is never early, and at most 200 ms of its time late");
	tap_ok(hasty > 0,
	       "without the allowance for staleness, the deadline would be early in %u of 300 runs",
	       hasty);
}

static void check_stale(void)
{
	struct pvtime_sample now = at(0, 0, 0);
	struct pvtime_deadline d;

	pvtime_deadline_start(&d, &now, 20 * MS, GHZ);
	now = at(119 * MS, 0, 0);
	tap_is_u64(
		pvtime_deadline_left_ns(&d, &now, PVTIME_STALE_NS), 1 * MS,
		"a deadline of 20 ms has 1 ms left after 119 ms, as 100 ms may be missing from the page");
	now = at(120 * MS, 0, 0);
	tap_ok(pvtime_deadline_passed(&d, &now, PVTIME_STALE_NS),
	       "a deadline of 20 ms has passed after 120 ms, as at most 100 ms may be missing from the page");
	now = at(50 * MS, 0, 0);
	tap_is_u64(pvtime_deadline_left_ns(&d, &now, PVTIME_STALE_NS), 20 * MS,
		   "a deadline has its whole budget after 50 ms that may all have been stolen");
}

int main(void)
{
	check_not_withheld();
	check_own();
	check_stale();
	check_other();
	return tap_done();
}
