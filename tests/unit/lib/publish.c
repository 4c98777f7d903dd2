/* SPDX-License-Identifier: BSD-2-Clause */
/* Publication: the bytes of the page, and when they change. */
#include <pvtime/ledger.h>
#include "tests/tap.h"

#define FREQ 1000000000u /* a tick is a ns */

/* The page's bytes, as a guest of either byte order sees them. */
static uint64_t read_bytes(const struct pvtime_stolen *page, unsigned int at, unsigned int n)
{
	const volatile uint8_t *p = (const uint8_t *)page;
	uint64_t x = 0;

	while (n--)
		x = x << 8 | p[at + n];
	return x;
}

static uint64_t stolen(const struct pvtime_stolen *page)
{
	return read_bytes(page, 8, 8);
}

static void fill(struct pvtime_stolen *page)
{
	volatile uint8_t *p = (uint8_t *)page;

	for (unsigned int i = 0; i < sizeof(*page); i++)
		p[i] = 0xA5;
}

static void check_when(void)
{
	struct pvtime_stolen page;
	struct pvtime_vcpu v;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, 0);
	pvtime_map(&v.view, &page);
	pvtime_account(&v, PVTIME_READY, 10);
	tap_is_u64(stolen(&page), 0, "accounting alone publishes nothing");
	pvtime_publish(&v, 110);
	tap_is_u64(stolen(&page), 100,
		   "a vCPU that is still waiting is refreshed with the wait so far (R-34)");
	pvtime_publish(&v, 130);
	tap_is_u64(stolen(&page), 120, "a vCPU that is still waiting is refreshed again");
	pvtime_switch_in(&v, 140);
	tap_is_u64(stolen(&page), 130, "scheduling-in publishes all of it");
	pvtime_account(&v, PVTIME_BLOCKED, 200);
	pvtime_account(&v, PVTIME_OFF, 300);
	pvtime_account(&v, PVTIME_PAUSED, 400);
	pvtime_publish(&v, 500);
	tap_is_u64(stolen(&page), 130, "running, blocked, off and paused time is not stolen");
	tap_is_u64(pvtime_get_stolen_ns(&v.view), 130,
		   "pvtime_get_stolen_ns() returns what was published last");
}

static void check_failure(void)
{
	struct pvtime_stolen page, other;
	struct pvtime_vcpu v;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, 0);
	pvtime_map(&v.view, &page);
	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_switch_in(&v, 100);
	pvtime_map(&v.view, NULL);
	pvtime_account(&v, PVTIME_READY, 200);
	tap_ok(!pvtime_switch_in(&v, 250), "without a page a publish fails");
	pvtime_account(&v, PVTIME_READY, 300);
	tap_ok(!pvtime_publish(&v, 310), "without a page the publish of a waiting vCPU fails");
	tap_is_u64(stolen(&page), 100, "a page that was taken away is not written");
	tap_is_u64(pvtime_get_stolen_ns(&v.view), 100,
		   "a publish without a page does not count as published");
	fill(&other);
	pvtime_map(&v.view, &other);
	tap_is_u64(stolen(&other), 100, "a new page starts with what was last published");
	pvtime_switch_in(&v, 320);
	tap_is_u64(stolen(&other), 170,
		   "the next publish that succeeds carries the rest: 100 + 50 + 20");
}

static void check_never_back(void)
{
	struct pvtime_stolen page;
	struct pvtime_vcpu v;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, 0);
	pvtime_map(&v.view, &page);
	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_publish(&v, 1000);
	/* The next CPU's counter is behind: by that counter, the vCPU waited for only 400 ticks. */
	pvtime_switch_in(&v, 400);
	tap_is_u64(stolen(&page), 1000, "a clock that went back does not take the counter back");
	pvtime_account(&v, PVTIME_READY, 500);
	pvtime_publish(&v, 900);
	tap_is_u64(stolen(&page), 1000,
		   "a clock that has not caught up does not take the counter back");
	pvtime_publish(&v, 1001);
	tap_is_u64(stolen(&page), 1001, "the counter continues when the clock has caught up");
	/* As above, but the publish in between fails. */
	pvtime_map(&v.view, NULL);
	pvtime_publish(&v, 2000);
	pvtime_map(&v.view, &page);
	pvtime_switch_in(&v, 1500);
	tap_is_u64(stolen(&page), 2000,
		   "a total that a failed publish has seen is not taken back either");
	pvtime_account(&v, PVTIME_OFF, 2100);
	pvtime_account(&v, PVTIME_READY, 2200);
	pvtime_switch_in(&v, 2200);
	tap_is_u64(stolen(&page), 2000, "a vCPU that is off and on again keeps its counter");
}

static void check_hostile(void)
{
	struct pvtime_stolen page;
	struct pvtime_vcpu v;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, 0);
	pvtime_map(&v.view, &page);
	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_switch_in(&v, 50);
	fill(&page);
	pvtime_switch_in(&v, 60);
	tap_is_u64(stolen(&page), 50,
		   "the next publish overwrites what a guest has written, without reading it");
}

static void check_off(void)
{
	struct pvtime_stolen page;
	struct pvtime_vcpu v;

	fill(&page);
	pvtime_vcpu_init(&v, PVTIME_DIALECT_OFF, FREQ, 0);
	pvtime_map(&v.view, &page);
	pvtime_account(&v, PVTIME_READY, 0);
	tap_ok(!pvtime_switch_in(&v, 50), "nothing is published when stolen time is off");
	tap_is_u64(stolen(&page), 0xA5A5A5A5A5A5A5A5,
		   "the page is not touched when stolen time is off");
}

static void check_switch_in(void)
{
	struct pvtime_stolen pages[2];
	struct pvtime_vcpu a, b;
	struct pvtime_totals ta, tb;
	bool same = true;

	pvtime_vcpu_init(&a, PVTIME_DIALECT_1_0, 24000000, 0);
	pvtime_vcpu_init(&b, PVTIME_DIALECT_1_0, 24000000, 0);
	pvtime_map(&a.view, &pages[0]);
	pvtime_map(&b.view, &pages[1]);
	for (uint64_t t = 0; t < 1000; t += 7) {
		pvtime_account(&a, PVTIME_READY, t);
		pvtime_account(&b, PVTIME_READY, t);
		pvtime_switch_in(&a, t + 1);
		pvtime_account(&b, PVTIME_RUNNING, t + 1);
		pvtime_publish(&b, t + 1);
		pvtime_totals(&a, t + 5, &ta);
		pvtime_totals(&b, t + 5, &tb);
		same = same && stolen(&pages[0]) == stolen(&pages[1]) && ta.elapsed == tb.elapsed;
		for (unsigned int s = 0; s < PVTIME_STATES; s++)
			same = same && ta.ticks[s] == tb.ticks[s];
	}
	tap_ok(same, "pvtime_switch_in() is the same as pvtime_account() and pvtime_publish()");
	tap_is_u64(stolen(&pages[0]), 5958,
		   "143 waits of a tick at 24 MHz are rounded once, not 143 times");
}

int main(void)
{
	check_when();
	check_failure();
	check_never_back();
	check_hostile();
	check_off();
	check_switch_in();
	return tap_done();
}
