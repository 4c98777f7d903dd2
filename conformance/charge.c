/* SPDX-License-Identifier: BSD-2-Clause */
/* That what was taken is charged, in full, at once, in the right unit, and nothing else is. */
#include "contention.h"
#include "suite.h"

#define WATCH_MS 200u
#define GAPS	 200u
#define END_MS	 20000u

static void observe_gaps(const struct gaps *g)
{
	observe("%lu gaps, %lu us of %lu us, charged to within %lu ns each, %lu ns at most",
		g->count, g->gap_ns / 1000, g->elapsed_ns / 1000,
		g->count ? g->short_ns / g->count : 0, g->short_of);
}

void case_contended(void)
{
	struct gaps g;

	if (!contention_begin())
		return;
	gaps_watch(&g, contention_ticks(WATCH_MS), GAPS, NULL);
	contention_end();
	gaps_check_upper(&g, 0);
	if (contention_seen(&g))
		gaps_check_lower(&g, 0);
	observe_gaps(&g);
}

/*
 * Turns of running, sleeping, and running up to a gap, for different times: so that the waits
 * differ, and a value that comes one wait late is not taken for the right one. Whoever sleeps less
 * than it ran is made to wait.
 */
#define NAPS	   64u
#define TURN_US	   80u
#define NAP_MAX_US 60u

static struct gaps watch_turns(void (*each)(const struct gap *gap))
{
	uint64_t end = counter_virtual() + contention_ticks(WATCH_MS);
	struct gaps sum = {0};

	for (unsigned i = 0; i < NAPS && counter_virtual() < end; i++) {
		struct gaps g;

		gaps_watch(&g, ticks_of_us(random_below(TURN_US)), 0, each);
		gaps_add(&sum, &g);
		gaps_sleep(&g, counter_virtual() + ticks_of_us(random_below(NAP_MAX_US)), each);
		gaps_add(&sum, &g);
		gaps_watch(&g, contention_ticks(WATCH_MS), 1, each);
		gaps_add(&sum, &g);
	}
	return sum;
}

void case_at_switch_in(void)
{
	struct gaps g;

	if (!contention_begin())
		return;
	g = watch_turns(NULL);
	contention_end();
	gaps_check_upper(&g, 0);
	if (contention_seen(&g))
		gaps_check_lower(&g, 0);
	observe_gaps(&g);
}

static struct gaps all[CPU_MAX];

static void watch_all(unsigned cpu)
{
	gaps_watch(&all[cpu], ticks_of_us(WATCH_MS * 1000), 0, NULL);
}

void case_adds_up(void)
{
	struct gaps sum = {0};

	on_all_run(watch_all, END_MS);
	for (unsigned cpu = 0; cpu < cpu_count(); cpu++) {
		const struct gaps *g = &all[cpu];
		uint64_t both = g->had_ns + g->stolen_ns;
		/* Where nobody competes, all gaps are the hypervisor's own work: no waits. */
		uint64_t slack = g->count * suite.slack_ns + g->elapsed_ns / GAPS_COMPETED;

		gaps_add(&sum, g);
		check(both <= g->elapsed_ns + gaps_rounding_ns(ticks_of_us(g->elapsed_ns / 1000)),
		      "CPU %u: %lu ns had and %lu ns stolen are more than %lu ns elapsed", cpu,
		      g->had_ns, g->stolen_ns, g->elapsed_ns);
		check(both + slack >= g->elapsed_ns,
		      "CPU %u: %lu ns had and %lu ns stolen, but %lu ns elapsed, with %lu gaps",
		      cpu, g->had_ns, g->stolen_ns, g->elapsed_ns, g->count);
		gaps_check_upper(g, cpu);
		if (gaps_competed(g))
			gaps_check_lower(g, cpu);
	}
	contention_seen(&sum);
	observe_gaps(&sum);
}

/*
 * The greatest number of which all growths are multiples, and how many different ones there were.
 */
static struct {
	uint64_t divisor, last;
	unsigned different;
} unit;

static void find_unit(const struct gap *gap)
{
	uint64_t a = unit.divisor, b = gap->stolen_ns;

	unit.different += b != unit.last;
	unit.last = b;
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	unit.divisor = a;
}

/* Fewer different ones may be multiples of something by chance. */
#define DIFFERENT 16u

void case_nanoseconds(void)
{
	struct gaps g;

	if (!contention_begin())
		return;
	g = watch_turns(NULL);
	contention_end();
	gaps_check_upper(&g, 0);
	if (contention_seen(&g))
		check(g.stolen_ns >= g.gap_ns / 2, "%lu for gaps of %lu ns: not in ns", g.stolen_ns,
		      g.gap_ns);
}

/* In which steps the counter grows is left open by the documents. */
void case_no_drift(void)
{
	uint64_t tick = ns_of(1) + 1;
	struct gaps g;

	if (!contention_begin())
		return;
	unit.divisor = unit.last = unit.different = 0;
	g = watch_turns(find_unit);
	contention_end();
	if (!contention_seen(&g))
		return;
	check(g.short_ns <= g.count * suite.slack_ns, "%lu ns short after %lu waits", g.short_ns,
	      g.count);
	check(unit.different < DIFFERENT || unit.divisor <= 2 * tick,
	      "%u different waits are all multiples of %lu ns", unit.different, unit.divisor);
	observe("%lu waits, multiples of %lu ns; %lu ns short each", g.count, unit.divisor,
		g.short_ns / g.count);
}
