/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time that was taken from the vCPU is charged in full, at once and in nanoseconds; nothing else is
 * charged.
 */
#include "contention.h"
#include "suite.h"

#define WATCH_MS 200u
#define GAPS	 200u
#define END_MS	 20000u

static void observe_gaps(const struct gaps *g)
{
	observe("%lu gaps, %lu us of %lu us; a gap is charged to within %lu ns on average, %lu ns at most",
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
 * Run, sleep, and run up to the next gap, for random times each. So the waits differ, and the case
 * detects a hypervisor that publishes each value one wait late. A vCPU that sleeps for less time
 * than it ran has to wait.
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
		/* Without competition all gaps are the hypervisor's own work, not waits. */
		uint64_t slack = g->count * suite.slack_ns + g->elapsed_ns / GAPS_COMPETED;

		gaps_add(&sum, g);
		check(both <= g->elapsed_ns + gaps_rounding_ns(ticks_of_us(g->elapsed_ns / 1000)),
		      "CPU %u: %lu ns of CPU time and %lu ns stolen are more than %lu ns elapsed",
		      cpu, g->had_ns, g->stolen_ns, g->elapsed_ns);
		check(both + slack >= g->elapsed_ns,
		      "CPU %u: %lu ns of CPU time and %lu ns stolen are less than %lu ns elapsed, with %lu gaps",
		      cpu, g->had_ns, g->stolen_ns, g->elapsed_ns, g->count);
		gaps_check_upper(g, cpu);
		if (gaps_competed(g))
			gaps_check_lower(g, cpu);
	}
	contention_seen(&sum);
	observe_gaps(&sum);
}

/*
 * The greatest common divisor of all growths, and how often a growth differed from the one before
 * it.
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

/* Fewer different growths may have a common divisor by chance. */
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
		check(g.stolen_ns >= g.gap_ns / 2,
		      "the counter grew by %lu over gaps of %lu ns: its unit is not the nanosecond",
		      g.stolen_ns, g.gap_ns);
}

/* The documents leave open in which steps the counter grows. */
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
	check(g.short_ns <= g.count * suite.slack_ns, "%lu ns were not charged after %lu waits",
	      g.short_ns, g.count);
	check(unit.different < DIFFERENT || unit.divisor <= 2 * tick,
	      "%u different waits are all multiples of %lu ns", unit.different, unit.divisor);
	/* There were gaps, or contention_seen() had returned false: the count is not 0. */
	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero) */
	uint64_t short_ns = g.short_ns / g.count;
	observe("%lu waits, all multiples of %lu ns; %lu ns not charged in each", g.count,
		unit.divisor, short_ns);
}
