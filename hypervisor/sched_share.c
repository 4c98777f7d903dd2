/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is owed how much: virtual time and caps.
 *
 * Virtual time is time used over weight; the vCPU with the least is owed most and runs first, so that
 * shares are as the weights. What remains of each division is carried, so that nothing is lost however
 * often a vCPU is charged. In units of 2^-34 s at weight 1 it takes 34 years of one vCPU of weight 1
 * to use up 64 bits, at any counter frequency.
 */
#include "sched_impl.h"

/*
 * The cap periods of a vCPU follow each other without a gap. What it did not use is lost at the end of
 * one; what it ran too long, as no interrupt comes at once, is taken off the next: the long-run share
 * is the cap itself.
 */
static void cap_charge(struct sched_vcpu *s, uint64_t from, uint64_t to)
{
	if (s->cap_budget == UINT64_MAX)
		return;
	if (to >= s->cap_end) {
		uint64_t unseen = (to - s->cap_end) / sched.period;
		uint64_t start = s->cap_end + unseen * sched.period;
		uint64_t used = s->cap_used + (from < start ? start - from : 0);
		uint64_t allowed = (unseen + 1) * s->cap_budget;

		s->cap_used = used > allowed ? used - allowed : 0;
		s->cap_end = start + sched.period;
		from = max_u64(from, start);
	}
	s->cap_used += to - from;
}

void sched_cap_roll(struct vcpu *v, uint64_t now)
{
	cap_charge(&v->sched, now, now);
}

bool sched_throttled(const struct vcpu *v)
{
	return v->sched.cap_used >= v->sched.cap_budget;
}

uint64_t sched_cap_deadline(const struct vcpu *v, uint64_t now)
{
	const struct sched_vcpu *s = &v->sched;

	if (s->cap_budget == UINT64_MAX)
		return UINT64_MAX;

	uint64_t left = s->cap_budget - s->cap_used;

	/* Where the period ends before the budget does, the next period's is there. */
	return left < s->cap_end - now ? now + left : s->cap_end + s->cap_budget;
}

void sched_charge(struct vcpu *v, uint64_t now)
{
	struct sched_vcpu *s = &v->sched;

	if (now <= s->run_since)
		return;

	uint64_t vtime = (now - s->run_since) * sched.scale + s->vtime_rest;

	s->ready.key += vtime / s->weight;
	s->vtime_rest = (uint32_t)(vtime % s->weight);
	sched.vtime_top = max_u64(sched.vtime_top, s->ready.key);
	cap_charge(s, s->run_since, now);
	s->run_since = now;
}

void sched_join(struct vcpu *v, uint64_t credit, uint64_t now)
{
	struct sched_vcpu *s = &v->sched;
	struct queue_node *n = queue_first_allowed(&sched.ready, s->ready.affinity);
	uint64_t least = n ? n->key : UINT64_MAX;

	for (uint8_t cpus = s->ready.affinity; cpus;) {
		struct vcpu *r = sched.cpu[take_cpu(&cpus)].current;

		if (r) {
			sched_charge(r, now);
			least = min_u64(least, r->sched.ready.key);
		}
	}
	/*
	 * Nobody competes: then nothing is owed to it. Whoever comes later starts from where it is, so
	 * this can be as late as it wants, and is late enough for those who ran before.
	 */
	if (least == UINT64_MAX)
		least = sched.vtime_top;
	s->ready.key = max_u64(s->ready.key, least > credit ? least - credit : 0);
}

/*
 * Level: forget debts that cannot be paid.
 *
 * Among vCPUs that can have the shares their weights ask for, one is ahead of another by what it did in
 * its own last slice, at most. It is more where weights cannot be had: vCPUs pinned to a crowded CPU
 * fall behind those elsewhere for as long as that lasts, and so does one whose weight asks for more
 * than a whole CPU. Those elsewhere must not wait for it when the crowd goes, or when one of them meets
 * the others: it is nobody's fault. So whoever is behind another by more than two of the other's slices
 * is moved up to that, and all below with it, by the same amount: among each other, their debts are
 * real. The order stays as it is, so the run queue needs no change but of the keys.
 *
 * It takes O(n), but only when two vCPUs that meet are four slices apart: which takes two slices
 * more to happen again.
 */
#define LEVEL_SLICES 2u
#define FAR_SLICES   4u

bool sched_too_far(const struct vcpu *v, const struct vcpu *w)
{
	const struct sched_vcpu *a = &v->sched, *b = &w->sched;

	if (a->ready.key < b->ready.key) {
		a = &w->sched;
		b = &v->sched;
	}
	return a->ready.key - b->ready.key > FAR_SLICES * a->slice_vtime;
}

/* All that run, charged up to now, the least virtual time first. Returns how many. */
static unsigned running(struct sched_vcpu *list[SCHED_MAX_CPUS], uint64_t now)
{
	unsigned n = 0;

	for (unsigned cpu = 0; cpu < sched.ncpus; cpu++) {
		struct vcpu *v = sched.cpu[cpu].current;
		unsigned at = n;

		if (!v)
			continue;
		sched_charge(v, now);
		for (; at && list[at - 1]->ready.key > v->sched.ready.key; at--)
			list[at] = list[at - 1];
		list[at] = &v->sched;
		n++;
	}
	return n;
}

void sched_level(uint64_t now)
{
	struct sched_vcpu *run[SCHED_MAX_CPUS], *s;
	unsigned n = running(run, now);
	struct queue_node *q = sched.ready.last;
	uint64_t floor = 0, lift = 0;

	/* From the one furthest ahead down; what is lifted stays below all that came before. */
	for (bool first = true; n || q; first = false) {
		if (n && (!q || run[n - 1]->ready.key >= q->key)) {
			s = run[--n];
		} else {
			s = &vcpu_of_ready(q)->sched;
			q = queue_prev(q);
		}
		if (s->ready.key + lift < floor)
			lift = floor - s->ready.key;
		s->ready.key += lift;

		uint64_t back = LEVEL_SLICES * s->slice_vtime;
		uint64_t low = s->ready.key > back ? s->ready.key - back : 0;

		floor = first ? low : min_u64(floor, low);
	}
}
