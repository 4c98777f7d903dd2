/* SPDX-License-Identifier: BSD-2-Clause */
/* Time that a vCPU gave away itself is not charged. */
#include "contention.h"
#include "guest/board.h"
#include "guest/gic.h"
#include "guest/psci.h"
#include "prepare.h"
#include "suite.h"

#define SLEEPS	 50u
#define SLEEP_US 2000u
#define OFF_US	 20000u
#define ON_US	 300u
#define END_MS	 10000u

/*
 * Sleeps that ended late. From the deadline on, the vCPU may have waited for a CPU. No more than
 * that may be charged. If the CPU was busy, no less may be charged either; an idle CPU may need
 * time to wake up, which is no wait. A few times the CPU may be taken away between the first
 * reading and the WFI: that charge is right, and looks wrong here.
 */
struct sleeps {
	uint64_t late_ns, grown_ns; /* all */
	uint64_t more_ns;	    /* the most that growth exceeded the delay of one sleep */
	uint64_t less_ns;	    /* the most that it fell short */
	unsigned more,
		/*
		 * sleeps in which growth exceeded the delay, or fell short of it, by more than the
		 * slack
		 */
		less;
};

static void add_sleep(struct sleeps *s, uint64_t late_ns, uint64_t grown_ns)
{
	uint64_t more = grown_ns > late_ns ? grown_ns - late_ns : 0;
	uint64_t less = late_ns > grown_ns ? late_ns - grown_ns : 0;

	s->late_ns += late_ns;
	s->grown_ns += grown_ns;
	s->more += more > suite.slack_ns;
	s->less += less > suite.slack_ns;
	s->more_ns = more > s->more_ns ? more : s->more_ns;
	s->less_ns = less > s->less_ns ? less : s->less_ns;
}

static void judge_sleeps(const struct sleeps *s)
{
	unsigned odd = 1 + SLEEPS / GAPS_ODD_ONES;

	check(s->more <= odd,
	      "%u of %u sleeps of %u us were charged, by up to %lu ns beyond their delay", s->more,
	      SLEEPS, SLEEP_US, s->more_ns);
	check(s->grown_ns <= s->late_ns + SLEEPS * suite.slack_ns + odd * 1000ull * SLEEP_US,
	      "stolen time grew by %lu ns over sleeps that ended %lu ns late in all", s->grown_ns,
	      s->late_ns);
	check(s->less <= odd || !contention_outside(),
	      "in %u of %u sleeps the wait for a CPU after the wake-up was not charged, by up to %lu ns",
	      s->less, SLEEPS, s->less_ns);
	observe("%u sleeps of %u us: stolen time grew by %lu ns, and they ended %lu ns late in all",
		SLEEPS, SLEEP_US, s->grown_ns, s->late_ns);
}

void case_idle_wfi(void)
{
	struct sleeps s = {0};

	for (unsigned i = 0; i < SLEEPS; i++) {
		struct reading before, after;
		uint64_t deadline;

		take_interrupts();
		before = gaps_read();
		deadline = before.counter + ticks_of_us(SLEEP_US);
		timer_sleep_until(deadline);
		after = gaps_read();
		add_sleep(&s, ns_of(after.counter - deadline), after.stolen_ns - before.stolen_ns);
	}
	judge_sleeps(&s);
}

/* Returns 0, or the error of CPU_SUSPEND. */
static int64_t suspend_until(uint64_t deadline)
{
	int64_t error = 0;

	gic_enable(board.vtimer);
	timer_set(TIMER_VIRTUAL, deadline);
	while (!error && counter_virtual() < deadline)
		error = psci_cpu_suspend();
	timer_stop(TIMER_VIRTUAL);
	return error;
}

void case_idle_suspend(void)
{
	struct sleeps s = {0};

	for (unsigned i = 0; i < SLEEPS; i++) {
		struct reading before, after;
		uint64_t deadline;
		int64_t error;

		take_interrupts();
		before = gaps_read();
		deadline = before.counter + ticks_of_us(SLEEP_US);
		error = suspend_until(deadline);
		if (error) {
			skip("CPU_SUSPEND to a standby state returns %ld", error);
			return;
		}
		after = gaps_read();
		add_sleep(&s, ns_of(after.counter - deadline), after.stolen_ns - before.stolen_ns);
	}
	judge_sleeps(&s);
}

/* The first and the last reading of a CPU while it was on. */
static struct on {
	struct reading first, last;
} on;

static void be_on(void *arg)
{
	struct gaps g;

	(void)arg;
	on.first = gaps_read();
	gaps_watch(&g, ticks_of_us(ON_US), 0, NULL);
	on.last = gaps_read();
}

/*
 * Turn the CPU on, off for OFF_US, and on again. Between the last reading before CPU_OFF and the
 * first one after CPU_ON, only the way into CPU_OFF and the way from CPU_ON to the first
 * instruction may be charged.
 */
static void judge_off(unsigned cpu)
{
	uint64_t stopped, started, shown, allowed, grown;
	struct reading last;

	if (!on_cpu_run(cpu, be_on, NULL, END_MS))
		return;
	stopped = counter_virtual();
	last = on.last;
	shown = stolen_ns(cpu);
	timer_sleep_until(stopped + ticks_of_us(OFF_US));
	check(stolen_ns(cpu) == shown, "CPU %u: stolen time grew by %lu ns while the CPU was off",
	      cpu, stolen_ns(cpu) - shown);
	started = counter_virtual();
	if (!on_cpu_run(cpu, be_on, NULL, END_MS))
		return;
	/*
	 * Some hypervisors zero the counter in PV_TIME_ST, which breaks R-23. Then the whole value
	 * has come since.
	 */
	grown = on.first.stolen_ns - (on.first.stolen_ns < last.stolen_ns ? 0 : last.stolen_ns);
	allowed = ns_of(stopped - last.counter) + ns_of(on.first.counter - started);
	check(grown <= allowed + gaps_rounding_ns(0),
	      "CPU %u: stolen time grew by %lu ns from CPU_OFF to CPU_ON, of which the CPU was off for %lu ns",
	      cpu, grown, ns_of(started - stopped));
	observe("CPU %u: off for %lu us, stolen time grew by %lu ns, %lu ns from CPU_ON to the first instruction",
		cpu, ns_of(started - stopped) / 1000, grown, ns_of(on.first.counter - started));
}

void case_off(void)
{
	for (unsigned cpu = 1; cpu < cpu_count(); cpu++)
		judge_off(cpu);
}
