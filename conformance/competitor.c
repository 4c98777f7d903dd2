/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two vCPUs of this VM compete with each other. Each records when it had a CPU, which is the least
 * time that the other waited.
 */
#include "contention.h"
#include "suite.h"

#define WATCH_MS 150u
#define GAPS	 400u
#define END_MS	 20000u

/* Each vCPU records its gaps. Between two gaps it had a CPU. */
static struct account {
	struct gaps all;
	struct gap gaps[GAPS];
	uint64_t begin, end; /* ticks: the interval that was recorded */
	unsigned count;
} accounts[2];

static uint64_t watch_ticks;

static void record(const struct gap *gap)
{
	struct account *a = &accounts[cpu_self()->index];

	if (a->count < GAPS)
		a->gaps[a->count++] = *gap;
}

static void spin(void *arg)
{
	struct account *a = arg;

	a->begin = counter_virtual();
	gaps_watch(&a->all, watch_ticks, GAPS, record);
	a->end = a->count == GAPS ? a->gaps[GAPS - 1].end : counter_virtual();
}

/*
 * Ticks for which `a` had a CPU between `from` and `to`, which must lie in the interval that it
 * recorded. *i is the first gap that ends after `from`.
 */
static uint64_t had(const struct account *a, uint64_t from, uint64_t to, unsigned *i)
{
	uint64_t ticks = to - from;

	while (*i < a->count && a->gaps[*i].end <= from)
		++*i;
	for (unsigned n = *i; n < a->count && a->gaps[n].begin < to; n++) {
		uint64_t begin = a->gaps[n].begin > from ? a->gaps[n].begin : from;
		uint64_t end = a->gaps[n].end < to ? a->gaps[n].end : to;

		ticks -= end - begin;
	}
	return ticks;
}

struct shared {
	uint64_t from, to; /* ticks: the interval that both recorded */
	uint64_t beside;   /* ticks in which both had a CPU */
	uint64_t instead;  /* ticks in which the other had a CPU during a gap of this one */
	uint64_t less_ns;  /* the most by which the charge of a gap fell short of that */
	struct gap worst;
	unsigned less, gaps;
};

static void judge_gaps(const struct account *one, const struct account *other, struct shared *s)
{
	uint64_t at = s->from, had_ns;
	unsigned i = 0;

	for (unsigned n = 0; n < one->count; n++) {
		const struct gap *gap = &one->gaps[n];
		uint64_t ticks;

		if (gap->end > s->to)
			break;
		if (gap->begin < s->from) {
			at = gap->end > at ? gap->end : at;
			continue;
		}
		s->beside += had(other, at, gap->begin, &i);
		ticks = had(other, gap->begin, gap->end, &i);
		at = gap->end;
		had_ns = ns_of(ticks);
		s->instead += ticks;
		s->gaps++;
		if (gap->stolen_ns + gaps_rounding_ns(gap->end - gap->begin) >= had_ns)
			continue;
		s->less++;
		if (had_ns - gap->stolen_ns > s->less_ns) {
			s->less_ns = had_ns - gap->stolen_ns;
			s->worst = *gap;
		}
	}
}

static bool judge(unsigned cpu)
{
	const struct account *one = &accounts[cpu], *other = &accounts[!cpu];
	struct shared s = {
		.from = one->begin > other->begin ? one->begin : other->begin,
		.to = one->end < other->end ? one->end : other->end,
	};

	if (s.from < s.to)
		judge_gaps(one, other, &s);
	/*
	 * If both have a CPU at the same time, a gap of one says nothing about the CPU time of the
	 * other.
	 */
	if (s.beside || s.instead < (s.to - s.from) / GAPS_COMPETED || s.from >= s.to) {
		skip("the two vCPUs ran at the same time for %lu us, and in place of each other for %lu us",
		     ns_of(s.beside) / 1000, ns_of(s.instead) / 1000);
		return false;
	}
	check(!s.less,
	      "CPU %u: %u of %u gaps were charged less than the CPU time of CPU %u in them; one of them %lu ns, which is %lu ns less",
	      cpu, s.less, s.gaps, !cpu, s.worst.stolen_ns, s.less_ns);
	observe("CPU %u: %u gaps, in which CPU %u had %lu us of CPU time", cpu, s.gaps, !cpu,
		ns_of(s.instead) / 1000);
	return true;
}

void case_competitor(void)
{
	__builtin_memset(accounts, 0, sizeof accounts);
	watch_ticks = contention_ticks(WATCH_MS);
	if (!cpu_begin(1, spin, &accounts[1]))
		return;
	spin(&accounts[0]);
	if (!cpu_end(1, END_MS))
		return;
	gaps_check_upper(&accounts[0].all, 0);
	gaps_check_upper(&accounts[1].all, 1);
	if (judge(0))
		judge(1);
}
