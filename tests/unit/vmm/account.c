/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU's ledger on KVM, from made-up looks: what is closed, what stays open, and to which state
 * the rest of the time goes.
 */
#include <string.h>
#include "tests/lib/random.h"
#include "tests/tap.h"
#include "tools/vmm/account.h"

static bool is(const struct account *a, uint64_t running, uint64_t ready, uint64_t blocked,
	       uint64_t off, uint64_t paused)
{
	const uint64_t *t = a->ticks;

	return t[PVTIME_RUNNING] == running && t[PVTIME_READY] == ready &&
	       t[PVTIME_BLOCKED] == blocked && t[PVTIME_OFF] == off && t[PVTIME_PAUSED] == paused &&
	       account_elapsed(a) == running + ready + blocked + off + paused;
}

static void look(struct account *a, uint64_t at, enum look_found found, uint64_t run, uint64_t wait)
{
	const struct look l = {.at = at, .found = found, .run = run, .wait = wait, .switches = at};

	account_look(a, &l);
}

static void first_vcpu(void)
{
	struct account a;

	account_begin(&a, 1000, false);
	tap_ok(is(&a, 0, 0, 0, 0, 0) && a.state == PVTIME_READY,
	       "an account that begins has no time");
	look(&a, 1100, LOOK_RAN, 60, 40);
	tap_ok(is(&a, 60, 40, 0, 0, 0) && a.state == PVTIME_RUNNING,
	       "the account has what the thread ran and waited");
	look(&a, 1200, LOOK_BLOCKED, 100, 50);
	tap_ok(is(&a, 100, 50, 50, 0, 0) && a.state == PVTIME_BLOCKED,
	       "the rest of a blocked vCPU's time is blocked");
	look(&a, 1300, LOOK_WAITED, 110, 50);
	tap_ok(is(&a, 110, 50, 50, 0, 0) && a.state == PVTIME_READY,
	       "the rest of the time stays open while the vCPU waits for a CPU");
	look(&a, 1400, LOOK_RAN, 130, 160);
	tap_ok(is(&a, 130, 160, 110, 0, 0),
	       "the rest of the time is blocked once the vCPU has run");
	tap_is_u64(a.switches, 1400, "the account has the thread's switches");
	look(&a, 1500, LOOK_RAN, 260, 250);
	tap_ok(is(&a, 260, 250, 110, 0, 0),
	       "time that was read too early is not taken back: the ledger is ahead");
	look(&a, 1700, LOOK_BLOCKED, 260, 250);
	tap_ok(is(&a, 260, 250, 190, 0, 0) && account_elapsed(&a) == 700,
	       "the next look makes up for what was read too early");
	account_end(&a, PVTIME_PAUSED);
	account_close(&a, 1750);
	tap_ok(is(&a, 260, 250, 190, 0, 50) && a.state == PVTIME_PAUSED,
	       "a vCPU whose account ends is PAUSED");
	account_close(&a, 1740);
	tap_ok(is(&a, 260, 250, 190, 0, 50), "a time in the past changes no state's time");
}

static void second_vcpu(void)
{
	struct account a;

	account_begin(&a, 0, true);
	tap_ok(a.state == PVTIME_OFF, "a second vCPU begins off");
	look(&a, 100, LOOK_OFF, 2, 3);
	tap_ok(is(&a, 2, 3, 0, 95, 0) && a.state == PVTIME_OFF,
	       "a thread that has begun is still off");
	look(&a, 200, LOOK_RAN, 12, 3);
	tap_ok(is(&a, 12, 3, 0, 185, 0) && a.state == PVTIME_RUNNING,
	       "CPU_ON: the vCPU was off until the look that finds it on");
	look(&a, 300, LOOK_OFF, 22, 3);
	tap_ok(is(&a, 22, 3, 90, 185, 0) && a.state == PVTIME_OFF,
	       "CPU_OFF: the vCPU is off from the look that finds it off");
	look(&a, 400, LOOK_OFF, 22, 3);
	tap_ok(is(&a, 22, 3, 90, 285, 0),
	       "CPU_OFF: time after the look that found the vCPU off is OFF");
	look(&a, 500, LOOK_WAITED, 22, 3);
	look(&a, 600, LOOK_BLOCKED, 30, 15);
	tap_ok(is(&a, 30, 15, 90, 465, 0),
	       "CPU_OFF: a wait in between does not end the vCPU's time off");
}

/* A vCPU whose times are known, and looks at it that read a little later than they say. */
static void random_run(void)
{
	uint64_t seed = 5, now = 0, truth[PVTIME_STATES] = {0}, wait_since = 0, bad = 0;
	struct account a, before;

	account_begin(&a, 0, false);
	for (unsigned i = 0; i < 100000; i++) {
		static const enum pvtime_state states[] = {PVTIME_RUNNING, PVTIME_READY,
							   PVTIME_BLOCKED};
		enum pvtime_state state = states[random_below(&seed, 3)];
		uint64_t length = random_below(&seed, 1000), late = random_below(&seed, 20);

		if (state == PVTIME_READY)
			wait_since = truth[PVTIME_READY];
		now += length;
		truth[state] += length;
		before = a;
		look(&a, now > late ? now - late : 0,
		     state == PVTIME_RUNNING ? LOOK_RAN
		     : state == PVTIME_READY ? LOOK_WAITED
					     : LOOK_BLOCKED,
		     truth[PVTIME_RUNNING],
		     state == PVTIME_READY ? wait_since : truth[PVTIME_READY]);
		for (int s = 0; s < PVTIME_STATES; s++)
			bad += a.ticks[s] < before.ticks[s];
		bad += a.ticks[PVTIME_BLOCKED] > truth[PVTIME_BLOCKED];
		bad += account_elapsed(&a) > now;
		bad += state == PVTIME_BLOCKED && account_elapsed(&a) + late < now;
	}
	tap_is_u64(
		bad, 0,
		"in 100000 looks no state's time falls, blocked time is never too long, and a closed ledger lags by the look's delay at most");
}

int main(void)
{
	first_vcpu();
	second_vcpu();
	random_run();
	return tap_done();
}
