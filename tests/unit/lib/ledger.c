/* SPDX-License-Identifier: BSD-2-Clause */
/* The ledger: against a model that keeps every interval. */
#include <pvtime/ledger.h>
#include "tests/lib/random.h"
#include "tests/tap.h"

#define FREQ 62500000u

static void check_init(void)
{
	struct pvtime_vcpu v;
	struct pvtime_totals totals;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, 1000);
	pvtime_totals(&v, 1000, &totals);
	tap_is_u64(totals.elapsed, 0, "nothing has elapsed at init");
	pvtime_totals(&v, 1700, &totals);
	tap_is_u64(totals.elapsed, 700, "elapsed counts from init, not from 0");
	tap_is_u64(totals.ticks[PVTIME_OFF], 700, "a new vCPU is OFF");
	tap_is_u64(totals.ticks[PVTIME_READY], 0, "nothing was stolen from a new vCPU");
	tap_ok(pvtime_get_ipa(&v.view) == PVTIME_IPA_NONE, "a new vCPU has no address");
	tap_ok(!pvtime_publish(&v, 1700), "a new vCPU has no page");
	tap_ok(sizeof(struct pvtime_vcpu) <= 128, "a vCPU takes %zu bytes, at most 128", sizeof(v));
	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, 0, 0);
	tap_is_i64(pvtime_get_dialect(&v.view), PVTIME_DIALECT_OFF,
		   "without a frequency there is no stolen time");
	pvtime_account(&v, PVTIME_READY, 0);
	tap_ok(!pvtime_publish(&v, 100),
	       "without a frequency a publish fails without dividing by it");
	v.entered = 0xAA; /* memory that held something else */
	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, 1000);
	tap_ok(v.state < PVTIME_STATES && v.entered < PVTIME_STATES,
	       "whichever of the two a reader without the lock takes, it is a state");
}

static void check_states(void)
{
	struct pvtime_vcpu v;
	struct pvtime_totals totals;
	uint64_t now = 0;

	/* OFF for 1, BLOCKED for 2, READY for 4, RUNNING for 8, PAUSED for 16. */
	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, now);
	for (unsigned int s = 0; s < PVTIME_STATES; s++) {
		pvtime_account(&v, (enum pvtime_state)s, now);
		now += 1u << s;
	}
	pvtime_totals(&v, now, &totals);
	for (unsigned int s = 0; s < PVTIME_STATES; s++)
		tap_is_u64(totals.ticks[s], 1u << s, "state %u has its own time", s);
	tap_is_u64(totals.elapsed, 31, "the states' times make up what elapsed");
	pvtime_account(&v, PVTIME_PAUSED, now + 5);
	pvtime_totals(&v, now + 5, &totals);
	tap_is_u64(totals.ticks[PVTIME_PAUSED], 21, "a change to the same state charges it");
}

static void check_backwards(void)
{
	struct pvtime_vcpu v;
	struct pvtime_totals totals;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, 100);
	pvtime_account(&v, PVTIME_READY, 200);
	pvtime_account(&v, PVTIME_RUNNING, 150);
	pvtime_totals(&v, 120, &totals);
	tap_is_u64(totals.ticks[PVTIME_READY], 0, "a clock that went back charges nothing");
	tap_is_u64(totals.elapsed, 100,
		   "a clock that went back does not take back what had elapsed");
	pvtime_account(&v, PVTIME_BLOCKED, 230);
	pvtime_totals(&v, 230, &totals);
	tap_is_u64(totals.ticks[PVTIME_RUNNING], 30,
		   "the next interval begins where the last one ended");
	tap_is_u64(totals.elapsed, 130, "no tick is charged twice");
}

static void check_reset(void)
{
	struct pvtime_stolen page = {0};
	struct pvtime_vcpu v;
	struct pvtime_totals totals;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, 0);
	pvtime_set_ipa(&v.view, 0x10040);
	pvtime_map(&v.view, &page);
	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_switch_in(&v, FREQ);
	tap_ok(page.stolen_ns != 0, "before the reset something was stolen");
	page.revision = 7;
	page.reserved[47] = 7;
	pvtime_vcpu_reset(&v, FREQ + 10);
	pvtime_totals(&v, FREQ + 10, &totals);
	tap_is_u64(totals.ticks[0] + totals.ticks[1] + totals.ticks[2] + totals.ticks[3] +
			   totals.ticks[4],
		   0, "a reset zeroes every total");
	tap_is_u64(totals.elapsed, 0, "a reset zeroes what elapsed");
	tap_is_u64(page.stolen_ns, 0, "a reset zeroes the counter that the guest sees");
	tap_ok(page.revision == 0 && page.reserved[47] == 0,
	       "a reset writes the rest of the structure again");
	tap_is_u64(pvtime_get_ipa(&v.view), 0x10040, "a reset keeps the address");
	pvtime_totals(&v, FREQ + 15, &totals);
	tap_is_u64(totals.ticks[PVTIME_OFF], 5, "a vCPU is OFF after a reset");
}

/* The ledger as it must be: each interval is added to the sum of the state in which it was. */
struct model {
	uint64_t sum[PVTIME_STATES], began, seen;
	unsigned int state;
};

static void model_step(struct model *m, unsigned int next, uint64_t now)
{
	uint64_t t = now < m->seen ? m->seen : now;

	m->sum[m->state] += t - m->seen;
	m->seen = t;
	m->state = next;
}

/* false: the ledger and the model differ at `now`, or the ledger does not add up. */
static bool same(const struct pvtime_vcpu *v, struct model m, uint64_t now)
{
	struct pvtime_totals totals;
	uint64_t total = 0;
	bool equal = true;

	model_step(&m, m.state, now);
	pvtime_totals(v, now, &totals);
	for (unsigned int s = 0; s < PVTIME_STATES; s++) {
		equal = equal && totals.ticks[s] == m.sum[s];
		total += totals.ticks[s];
	}
	return equal && total == totals.elapsed && totals.elapsed == m.seen - m.began;
}

/* One random walk. Returns the first step after which the ledger was wrong; 0: it never was. */
static unsigned int walk(uint64_t seed, unsigned int steps)
{
	struct pvtime_stolen page;
	struct pvtime_vcpu v;
	uint64_t now = (1ull << 32) + (next_random(&seed) >> (1 + random_below(&seed, 60)));
	uint64_t last_ns = 0;
	struct model m = {.began = now, .seen = now, .state = PVTIME_OFF};

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, now);
	pvtime_map(&v.view, &page);
	for (unsigned int i = 1; i <= steps; i++) {
		unsigned int next = (unsigned int)random_below(&seed, PVTIME_STATES);

		now += random_below(&seed, 1000000);
		if (random_below(&seed, 8) == 0)
			now -= random_below(&seed, 2000000);
		switch (random_below(&seed, 3)) {
		case 0:
			pvtime_publish(&v, now);
			next = m.state;
			break;
		case 1:
			next = PVTIME_RUNNING;
			pvtime_switch_in(&v, now);
			break;
		default:
			pvtime_account(&v, (enum pvtime_state)next, now);
		}
		model_step(&m, next, now);
		if (!same(&v, m, now) || !same(&v, m, now + random_below(&seed, 1000)) ||
		    !same(&v, m, now - 77))
			return i;
		if (pvtime_get_stolen_ns(&v.view) < last_ns)
			return i;
		last_ns = pvtime_get_stolen_ns(&v.view);
	}
	return 0;
}

int main(void)
{
	unsigned int failed = 0, walks = 200;

	check_init();
	check_states();
	check_backwards();
	check_reset();
	for (unsigned int i = 1; i <= walks && !failed; i++)
		if (walk(i * 0x9E3779B97F4A7C15u, 500))
			failed = i;
	tap_ok(!failed, "R-25 holds after every step of %u random walks (first failure: %u)", walks,
	       failed);
	return tap_done();
}
