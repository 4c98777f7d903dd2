/* SPDX-License-Identifier: BSD-2-Clause */
#include <pvtime/guest.h>
#include "gaps.h"
#include "guest/board.h"
#include "suite.h"

#define READ_TRIES 8u

struct reading gaps_read(void)
{
	unsigned self = cpu_self()->index, tries = 0;
	uint64_t after = stolen_ns(self);
	struct reading r;

	/*
	 * Repeat the reading if the CPU was taken away in between: both values must be of one
	 * instant.
	 */
	do {
		r.stolen_ns = after;
		r.counter = pvtime_counter();
		after = stolen_ns(self);
	} while (after != r.stolen_ns && ++tries < READ_TRIES);
	return r;
}

/*
 * An emulator that counts instructions makes readings expensive. This pass is cheap there, and
 * short compared to a trap on any machine.
 */
void gaps_pass(void)
{
	for (unsigned i = 0; i < 8; i++)
		__asm__ volatile(".rept 64\n\tnop\n\t.endr" : : "r"(i));
}

uint64_t gaps_rounding_ns(uint64_t ticks)
{
	return ns_of(GAPS_ROUNDING_TICKS) + 2 + (ns_of(ticks) >> 16);
}

static void find_over(struct gaps *g, const struct gap *gap, uint64_t ns)
{
	uint64_t more = gap->stolen_ns - ns;

	if (gap->stolen_ns <= ns + gaps_rounding_ns(gap->end - gap->begin))
		return;
	if (ns <= suite.slack_ns)
		g->outside += more;
	if (more > g->over) {
		g->over = more;
		g->worst_over = *gap;
	}
}

static void find_short(struct gaps *g, const struct gap *gap, uint64_t ns)
{
	uint64_t less = gap->stolen_ns < ns ? ns - gap->stolen_ns : 0;

	g->short_ns += less;
	g->short_count += less > suite.slack_ns;
	if (less > g->short_of) {
		g->short_of = less;
		g->worst_short = *gap;
	}
}

static void judge(struct gaps *g, const struct gap *gap)
{
	uint64_t ns = ns_of(gap->end - gap->begin);

	find_over(g, gap, ns);
	if (ns <= suite.slack_ns) {
		g->gap_ns += gap->stolen_ns < ns ? gap->stolen_ns : ns;
		return;
	}
	g->count++;
	g->gap_ns += ns;
	if (ns > g->longest_ns)
		g->longest_ns = ns;
	find_short(g, gap, ns);
}

void gaps_sleep(struct gaps *g, uint64_t deadline, void (*each)(const struct gap *gap))
{
	struct reading before = gaps_read(), after;
	struct gap late;

	timer_sleep_until(deadline);
	after = gaps_read();
	late = (struct gap){deadline, after.counter, after.stolen_ns - before.stolen_ns};
	*g = (struct gaps){.elapsed_ns = ns_of(after.counter - before.counter)};
	g->stolen_ns = late.stolen_ns;
	if (ns_of(late.end - late.begin) > suite.slack_ns) {
		g->count = 1;
		g->gap_ns = g->longest_ns = ns_of(late.end - late.begin);
		find_short(g, &late, g->gap_ns);
	}
	g->had_ns = g->elapsed_ns - g->gap_ns;
	if (each && late.stolen_ns)
		each(&late);
}

void gaps_watch(struct gaps *g, uint64_t ticks, uint64_t gaps, void (*each)(const struct gap *gap))
{
	struct reading start = gaps_read(), last = start, now;
	uint64_t slack = ticks_of_us(suite.slack_ns) / 1000;

	*g = (struct gaps){0};
	do {
		struct gap gap;

		gaps_pass();
		now = gaps_read();
		gap = (struct gap){last.counter, now.counter, now.stolen_ns - last.stolen_ns};
		if (now.stolen_ns < last.stolen_ns) {
			g->backwards++;
			gap.stolen_ns = 0;
		}
		last = now;
		if (gap.end - gap.begin <= slack && !gap.stolen_ns)
			continue;
		judge(g, &gap);
		if (each)
			each(&gap);
	} while (last.counter - start.counter < ticks && (!gaps || g->count < gaps));
	g->elapsed_ns = ns_of(last.counter - start.counter);
	g->stolen_ns = last.stolen_ns - start.stolen_ns;
	g->had_ns = g->elapsed_ns > g->gap_ns ? g->elapsed_ns - g->gap_ns : 0;
}

void gaps_add(struct gaps *sum, const struct gaps *g)
{
	sum->elapsed_ns += g->elapsed_ns;
	sum->gap_ns += g->gap_ns;
	sum->had_ns += g->had_ns;
	sum->stolen_ns += g->stolen_ns;
	sum->count += g->count;
	sum->longest_ns = g->longest_ns > sum->longest_ns ? g->longest_ns : sum->longest_ns;
	sum->short_ns += g->short_ns;
	sum->short_count += g->short_count;
	sum->outside += g->outside;
	sum->backwards += g->backwards;
	if (g->short_of > sum->short_of) {
		sum->short_of = g->short_of;
		sum->worst_short = g->worst_short;
	}
	if (g->over > sum->over) {
		sum->over = g->over;
		sum->worst_over = g->worst_over;
	}
}

bool gaps_check_upper(const struct gaps *g, unsigned cpu)
{
	const struct gap *w = &g->worst_over;
	bool ok;

	ok = check(!g->backwards, "CPU %u: stolen time went back %lu times", cpu, g->backwards);
	ok = check(!g->outside, "CPU %u: stolen time grew by %lu ns without a gap", cpu,
		   g->outside) &&
	     ok;
	return check(!g->over, "CPU %u: stolen time grew by %lu ns over a gap of %lu ns", cpu,
		     w->stolen_ns, ns_of(w->end - w->begin)) &&
	       ok;
}

bool gaps_competed(const struct gaps *g)
{
	return g->gap_ns > g->elapsed_ns / GAPS_COMPETED;
}

bool gaps_check_lower(const struct gaps *g, unsigned cpu)
{
	const struct gap *w = &g->worst_short;
	bool ok;

	ok = check(
		g->short_count <= 1 + g->count / GAPS_ODD_ONES,
		"CPU %u: %lu of %lu gaps were not charged in full; one of %lu ns was charged %lu ns",
		cpu, g->short_count, g->count, ns_of(w->end - w->begin), w->stolen_ns);
	return check(g->short_ns <= g->count * suite.slack_ns + gaps_rounding_ns(0),
		     "CPU %u: of %lu gaps, %lu ns together, %lu ns were not charged", cpu, g->count,
		     g->gap_ns, g->short_ns) &&
	       ok;
}
