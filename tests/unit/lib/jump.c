/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A clock that is misread once, or jumps for good: what the ledger charges, and that it still adds
 * up.
 */
#include <pvtime/ledger.h>
#include "tests/lib/random.h"
#include "tests/tap.h"

#define FREQ  62500000u
#define BOUND ((uint64_t)PVTIME_DOUBT_S * FREQ) /* ticks */
#define WRONG (1ull << 55)

static struct pvtime_stolen page;

static struct pvtime_vcpu make(uint64_t now)
{
	struct pvtime_vcpu v;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, FREQ, now);
	pvtime_map(&v.view, &page);
	return v;
}

/* The totals at `now`, if they add up. */
static struct pvtime_totals totals(const struct pvtime_vcpu *v, uint64_t now)
{
	struct pvtime_totals t;
	uint64_t sum;

	pvtime_totals(v, now, &t);
	sum = t.doubtful;
	for (unsigned int s = 0; s < PVTIME_STATES; s++)
		sum += t.ticks[s];
	if (sum != t.elapsed)
		tap_ok(false, "R-25: the totals at 0x%llx add up", (unsigned long long)now);
	return t;
}

static void check_misread_refresh(void)
{
	struct pvtime_vcpu v = make(0);

	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_publish(&v, 100);
	pvtime_publish(&v, WRONG);
	tap_is_u64(pvtime_stolen_read(&page), 1600,
		   "a refresh at a misread clock publishes what was charged");
	tap_is_u64(totals(&v, WRONG).ticks[PVTIME_READY], 100,
		   "a misread clock charges nothing as stolen");
	tap_is_u64(totals(&v, 250).elapsed, 250, "a reading after it shows the ledger without it");
	pvtime_publish(&v, 300);
	tap_is_u64(pvtime_stolen_read(&page), 4800, "the next refresh publishes the whole wait");
	pvtime_switch_in(&v, 400);
	tap_is_u64(totals(&v, 400).ticks[PVTIME_READY], 400, "the wait is charged in full");
	tap_is_u64(totals(&v, 400).doubtful, 0, "nothing is doubtful: the vCPU kept its state");
}

static void check_misread_change(enum pvtime_state from, enum pvtime_state to)
{
	struct pvtime_vcpu v = make(0);
	struct pvtime_totals t;

	pvtime_account(&v, from, 0);
	pvtime_account(&v, from, 1000);
	pvtime_account(&v, to, WRONG);
	pvtime_account(&v, PVTIME_PAUSED, 1500);
	t = totals(&v, 1700);
	tap_ok(t.ticks[from] == 1000 && t.ticks[to] == 0 && t.doubtful == 500 &&
		       t.ticks[PVTIME_PAUSED] == 200 && t.elapsed == 1700,
	       "a change from state %u to %u at a misread clock charges nothing for good: only the interval is doubtful",
	       from, to);
}

/* The next right reading is of a CPU whose counter is some ticks behind. */
static void check_misread_then_behind(enum pvtime_state from)
{
	struct pvtime_vcpu v = make(0);
	struct pvtime_totals t;

	pvtime_account(&v, from, 0);
	pvtime_account(&v, from, 1000);
	pvtime_account(&v, PVTIME_PAUSED, WRONG);
	tap_is_u64(totals(&v, 998).elapsed, 1000,
		   "a reading that is a little behind the one before a misread clock shows it");
	pvtime_account(&v, PVTIME_PAUSED, 998);
	pvtime_account(&v, PVTIME_PAUSED, 1200);
	t = totals(&v, 1700);
	tap_ok(t.ticks[from] == 1000 && t.doubtful == 0 && t.ticks[PVTIME_PAUSED] == 700 &&
		       t.elapsed == 1700,
	       "such a reading takes the wrong step of state %u back", from);
}

/* The right readings catch up with the wrong one, which is not much farther than the bound. */
static void check_misread_near(void)
{
	struct pvtime_vcpu v = make(0);
	struct pvtime_totals t;

	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_switch_in(&v, BOUND + 100);
	pvtime_account(&v, PVTIME_READY, 1000);
	pvtime_switch_in(&v, 3000);
	t = totals(&v, BOUND);
	tap_ok(t.doubtful == 1000 && t.ticks[PVTIME_READY] == 2000 &&
		       t.ticks[PVTIME_RUNNING] == BOUND - 3000 && t.elapsed == BOUND,
	       "a reading that is only just doubtful is taken back as well, and freezes nothing");
	v = make(0);
	pvtime_account(&v, PVTIME_BLOCKED, 0);
	pvtime_account(&v, PVTIME_READY, BOUND);
	pvtime_account(&v, PVTIME_READY, BOUND - FREQ + 1);
	tap_is_u64(
		totals(&v, BOUND).ticks[PVTIME_BLOCKED], BOUND,
		"after a long wait, a reading that is less than a second behind takes nothing back");
	pvtime_account(&v, PVTIME_READY, BOUND - FREQ);
	tap_is_u64(totals(&v, BOUND).ticks[PVTIME_BLOCKED], 0, "a reading a second behind does");
}

static void check_misread_twice(void)
{
	struct pvtime_vcpu v = make(0);
	struct pvtime_totals t;

	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_switch_in(&v, WRONG);
	pvtime_account(&v, PVTIME_READY, WRONG);
	pvtime_switch_in(&v, WRONG / 2);
	pvtime_account(&v, PVTIME_READY, 700);
	pvtime_switch_in(&v, 800);
	t = totals(&v, 1000);
	tap_ok(t.ticks[PVTIME_READY] == 100 && t.ticks[PVTIME_RUNNING] == 200 &&
		       t.doubtful == 700 && t.elapsed == 1000,
	       "two different wrong readings, one after the other, are taken back, too");
	tap_is_u64(pvtime_stolen_read(&page), 1600, "the guest sees the wait that is sure");
}

static void check_jump(void)
{
	struct pvtime_vcpu v = make(0);
	struct pvtime_totals t;

	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_switch_in(&v, 100 + WRONG);
	pvtime_account(&v, PVTIME_READY, 150 + WRONG);
	pvtime_switch_in(&v, 160 + WRONG);
	t = totals(&v, 190 + WRONG);
	tap_ok(t.ticks[PVTIME_READY] == 10 && t.ticks[PVTIME_RUNNING] == 80 &&
		       t.doubtful == 100 + WRONG && t.elapsed == 190 + WRONG,
	       "a clock that jumps for good freezes nothing: the jump is booked as doubtful");
	tap_is_u64(pvtime_stolen_read(&page), 160, "the guest sees the waits after the jump");
	pvtime_account(&v, PVTIME_READY, 150 + WRONG);
	t = totals(&v, 155 + WRONG);
	tap_ok(t.elapsed == 160 + WRONG && t.doubtful == 100 + WRONG,
	       "a clock that goes back by a little, after a jump, takes nothing back");
}

static void check_bounds(void)
{
	struct pvtime_vcpu v = make(5);

	pvtime_account(&v, PVTIME_READY, 5);
	pvtime_switch_in(&v, 5 + BOUND - 1);
	tap_is_u64(totals(&v, 5 + BOUND).ticks[PVTIME_READY], BOUND - 1,
		   "a wait of a tick less than the bound is stolen");
	v = make(5);
	pvtime_account(&v, PVTIME_READY, 5);
	pvtime_switch_in(&v, 5 + BOUND);
	tap_is_u64(totals(&v, 5 + BOUND).doubtful, BOUND,
		   "a wait as long as the bound is doubtful");
	v = make(5);
	pvtime_account(&v, PVTIME_READY, 5);
	for (uint64_t now = 5; now <= 5 + 4 * BOUND; now += BOUND / 2)
		pvtime_publish(&v, now);
	tap_is_u64(totals(&v, 5 + 4 * BOUND).ticks[PVTIME_READY], 4 * BOUND,
		   "a longer wait with readings in between is stolen");
}

static void check_months(void)
{
	const uint64_t month = 30ull * 86400 * FREQ;
	struct pvtime_vcpu v = make(0);
	struct pvtime_totals t;
	uint64_t now = 0;

	for (unsigned int s = 0; s < PVTIME_STATES; s++)
		if (s != PVTIME_READY) {
			pvtime_account(&v, (enum pvtime_state)s, now);
			now += month;
		}
	t = totals(&v, now);
	tap_ok(t.ticks[PVTIME_OFF] == month && t.ticks[PVTIME_BLOCKED] == month &&
		       t.ticks[PVTIME_RUNNING] == month && t.ticks[PVTIME_PAUSED] == month &&
		       t.doubtful == 0 && t.elapsed == 4 * month,
	       "months in any other state are charged to it");
}

static void check_states(void)
{
	static const unsigned int bad[] = {PVTIME_STATES, PVTIME_STATES + 1, 255, 256, 1u << 31};
	struct pvtime_vcpu v = make(0);

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(!pvtime_account(&v, (enum pvtime_state)bad[i], 10), "state %u is refused",
		       bad[i]);
	tap_ok(pvtime_get_state(&v) == PVTIME_OFF && pvtime_get_since(&v) == 0,
	       "a refused state changes nothing");
	tap_is_i64(pvtime_vcpu_init(&v, (enum pvtime_dialect)3, FREQ, 0), PVTIME_EINVAL,
		   "a dialect that does not exist is refused");
	tap_is_i64(pvtime_get_dialect(&v.view), PVTIME_DIALECT_OFF,
		   "a vCPU whose dialect was refused has no stolen time");
}

static void check_saved(void)
{
	struct pvtime_vcpu v = make(0), w = make(77);
	uint8_t blob[PVTIME_SNAPSHOT_SIZE];

	pvtime_set_ipa(&v.view, 64);
	pvtime_set_ipa(&w.view, 64);
	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_account(&v, PVTIME_PAUSED, WRONG);
	pvtime_save(&v, 400, blob);
	tap_is_i64(pvtime_restore(&w, blob, sizeof(blob), 1000), PVTIME_OK,
		   "a ledger with a misread clock is restored");
	tap_ok(totals(&w, 1000).elapsed == 400 && totals(&w, 1000).doubtful == 400,
	       "a snapshot carries the doubtful time, and nothing of the wrong reading");
}

static void check_gone_back(void)
{
	struct pvtime_vcpu v = make(WRONG);
	struct pvtime_totals t;

	pvtime_account(&v, PVTIME_READY, WRONG);
	pvtime_switch_in(&v, WRONG + 100);
	pvtime_account(&v, PVTIME_READY, 0);
	t = totals(&v, 0);
	tap_ok(t.elapsed == 100, "one reading that is far behind takes nothing back");
	tap_ok(pvtime_get_state(&v) == PVTIME_READY,
	       "the state changes at a reading far behind, too");
	pvtime_switch_in(&v, WRONG + 150);
	t = totals(&v, WRONG + 150);
	tap_ok(t.ticks[PVTIME_READY] == 100 && t.doubtful == 50 && t.elapsed == 150,
	       "a change of state at a reading far behind makes only that interval doubtful");
	pvtime_account(&v, PVTIME_READY, 0);
	pvtime_switch_in(&v, 0);
	pvtime_account(&v, PVTIME_READY, WRONG + 160);
	tap_is_u64(totals(&v, WRONG + 160).elapsed, 160,
		   "the same wrong reading a second time does not count as a clock that went back");
	pvtime_account(&v, PVTIME_READY, 1000);
	pvtime_account(&v, PVTIME_READY, 1010);
	pvtime_switch_in(&v, 1050);
	t = totals(&v, 1060);
	tap_ok(t.ticks[PVTIME_READY] == 100 + 40 && t.doubtful == 60 && t.elapsed == 160 + 50,
	       "a clock that goes back for good freezes nothing: two readings show it");
	tap_is_u64(pvtime_stolen_read(&page), 140 * 16,
		   "the guest sees the waits after the clock has gone back");
}

/*
 * Random readings, most of them right, some misread: no total of stolen time exceeds the time that
 * the vCPU was READY, and the books close at every step. If no two wrong readings follow each
 * other, a right reading finds the true time. Returns the step that failed, or 0.
 */
static unsigned int walk(uint64_t seed, bool alone)
{
	bool wrong = false;
	uint64_t begin = 1ull << 58, now = begin, ready = 0, last_ns = 0;
	struct pvtime_vcpu v = make(begin);
	enum pvtime_state state = PVTIME_OFF;

	for (unsigned int i = 1; i <= 300; i++) {
		uint64_t step = random_below(&seed, 1000000), read;
		enum pvtime_state next = (enum pvtime_state)random_below(&seed, PVTIME_STATES);
		struct pvtime_totals t;

		now += step;
		ready += state == PVTIME_READY ? step : 0;
		wrong = !random_below(&seed, 10) && !(alone && wrong);
		read = wrong ? next_random(&seed) >> 4 : now;
		state = next;
		pvtime_account(&v, next, read);
		pvtime_publish(&v, read);
		t = totals(&v, now);
		if (t.ticks[PVTIME_READY] > ready || pvtime_stolen_read(&page) < last_ns ||
		    pvtime_stolen_read(&page) > ready * 16)
			return i;
		if (alone && !wrong && t.elapsed != now - begin)
			return i;
		last_ns = pvtime_stolen_read(&page);
	}
	return 0;
}

int main(void)
{
	unsigned int failed = 0;

	check_misread_refresh();
	for (unsigned int from = 0; from < PVTIME_STATES; from++)
		for (unsigned int to = 0; to < PVTIME_PAUSED; to++)
			if (from != to && from != PVTIME_PAUSED)
				check_misread_change((enum pvtime_state)from,
						     (enum pvtime_state)to);
	for (unsigned int from = 0; from < PVTIME_PAUSED; from++)
		check_misread_then_behind((enum pvtime_state)from);
	check_misread_near();
	check_misread_twice();
	check_jump();
	check_bounds();
	check_months();
	check_states();
	check_saved();
	check_gone_back();
	for (unsigned int i = 1; i <= 300 && !failed; i++)
		failed = walk(i * 0x9E3779B97F4A7C15u, i % 2 == 0);
	tap_is_u64(failed, 0,
		   "R-25 holds after every step of 300 random walks of a clock that is misread");
	return tap_done();
}
