/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much each vCPU is owed: virtual time and caps.
 *
 * Virtual time is time used divided by weight. The vCPU with the least is owed most and runs first,
 * so that shares are as the weights. The remainder of each division is carried, so that nothing is
 * lost however often a vCPU is charged. In units of 2^-34 s at weight 1, one vCPU of weight 1 takes
 * 34 years to use up 64 bits, at any counter frequency.
 */
#include "sched/impl.h"

/*
 * The cap periods of a vCPU follow each other without a gap. Budget that is left at the end of a
 * period is lost. Since no interrupt comes at once, a vCPU may exceed its budget; the excess is
 * subtracted from the next period, so that the long-run share is the cap itself.
 */
COLD static void cap_charge(struct sched_vcpu *s, uint64_t from, uint64_t to)
{
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
	if (sched_is_capped(v))
		cap_charge(&v->sched, now, now);
}

COLD bool sched_used_up(struct vcpu *v, uint64_t now)
{
	cap_charge(&v->sched, now, now);
	return sched_throttled(v);
}

bool sched_throttled(const struct vcpu *v)
{
	return v->sched.cap_used >= v->sched.cap_budget;
}

uint64_t sched_cap_deadline(const struct vcpu *v, uint64_t now)
{
	const struct sched_vcpu *s = &v->sched;

	if (!sched_is_capped(v))
		return UINT64_MAX;

	uint64_t left = s->cap_budget - s->cap_used;

	/* If the period ends before the budget does, the next period's budget follows. */
	return left < s->cap_end - now ? now + left : s->cap_end + s->cap_budget;
}

void sched_charge_share(struct vcpu *v, uint64_t now)
{
	struct sched_vcpu *s = &v->sched;

	if (now <= s->run_since)
		return;

	uint64_t vtime = (now - s->run_since) * sched.scale + s->vtime_rest;

	s->ready.key += vtime / s->weight;
	s->vtime_rest = (uint32_t)(vtime % s->weight);
	sched.vtime_top = max_u64(sched.vtime_top, s->ready.key);
	if (sched_is_capped(v))
		cap_charge(s, s->run_since, now);
	s->run_since = now;
}

void sched_join(struct vcpu *v, uint64_t credit, uint64_t now)
{
	struct sched_vcpu *s = &v->sched;
	struct queue_node *n = queue_first_allowed(&sched.ready, s->affinity);
	uint64_t least = n ? n->key : UINT64_MAX;

	for (unsigned cpu = 0; cpu < sched.ncpus; cpu++) {
		struct vcpu *r = sched.cpu[cpu].current;

		if (r && (r->sched.affinity & s->affinity)) {
			sched_charge_share(r, now);
			least = min_u64(least, r->sched.ready.key);
		}
	}
	/*
	 * No vCPU competes, so v is owed nothing. A vCPU that comes later starts from v's virtual
	 * time, so any late value will do; this one is late enough for all that ran before.
	 */
	if (least == UINT64_MAX)
		least = sched.vtime_top;
	s->ready.key = max_u64(s->ready.key, least > credit ? least - credit : 0);
}

/*
 * Level: forget debts that cannot be paid.
 *
 * Among vCPUs that can have the shares their weights ask for, one is ahead of another by at most
 * what it ran in its own last slice. The difference is larger where weights cannot be had: vCPUs
 * pinned to a crowded CPU fall behind those elsewhere for as long as that lasts, and so does one
 * whose weight asks for more than a whole CPU. When the crowd goes, or when one of the crowd meets
 * a vCPU from elsewhere, the vCPUs from elsewhere must not wait: the debt is not their fault.
 *
 * So where two vCPUs meet that are too far apart, there is a gap between them: a range of virtual
 * time which no vCPU is in, and which is longer than the slice of any explains, four slices of the
 * lightest. All vCPUs below the gap are moved up by the same amount, until two slices are left of
 * it: the debts among them are real. The order stays as it is, so nothing in the run queue changes
 * but the keys, which queue_raise() does in O(log n). One gap is closed at a time, the highest; the
 * next decision finds the next one.
 *
 * The search for the gap goes down from the vCPU ahead, in steps of two slices at least. vCPUs that
 * compete stay within one or two steps. Those that don't fall apart at no more different rates than
 * there are CPUs. So a vCPU that is found behind another by more than MAX_STEPS has no real debt
 * left, gap or no gap, and a decision takes O(log n), whatever the vCPUs did.
 */
#define LEVEL_SLICES 2u
#define FAR_SLICES   4u
#define MAX_STEPS    (2 * SCHED_MAX_CPUS)

bool sched_too_far(const struct vcpu *v, const struct vcpu *w)
{
	const struct sched_vcpu *a = &v->sched, *b = &w->sched;

	if (a->ready.key < b->ready.key) {
		a = &w->sched;
		b = &v->sched;
	}
	return a->ready.key - b->ready.key > FAR_SLICES * a->slice_vtime;
}

/* All running vCPUs, charged up to now. Returns their number; adds their traits to `traits`. */
static unsigned running(struct sched_vcpu *list[SCHED_MAX_CPUS], uint32_t *traits, uint64_t now)
{
	unsigned n = 0;

	for (unsigned cpu = 0; cpu < sched.ncpus; cpu++) {
		struct vcpu *v = sched.cpu[cpu].current;

		if (!v)
			continue;
		sched_charge_share(v, now);
		*traits |= v->sched.ready.traits;
		list[n++] = &v->sched;
	}
	return n;
}

/*
 * The virtual time that a slice costs the lightest of all vCPUs that run or are queued. The result
 * is at least half of it, because only the power of two of its weight is known.
 */
static uint64_t lightest_slice(uint32_t traits)
{
	return sched.slice * sched.scale >> (__builtin_ctz(traits >> WEIGHT_TRAITS) + 1);
}

COLD void sched_level(const struct vcpu *v, const struct vcpu *w, uint64_t now)
{
	struct sched_vcpu *run[SCHED_MAX_CPUS];
	uint32_t traits = sched.ready.root->reachable;
	unsigned n = running(run, &traits, now);
	uint64_t behind = min_u64(v->sched.ready.key, w->sched.ready.key);
	uint64_t at = max_u64(v->sched.ready.key, w->sched.ready.key);
	uint64_t slice = max_u64(lightest_slice(traits),
				 max_u64(v->sched.slice_vtime, w->sched.slice_vtime));
	uint64_t step = LEVEL_SLICES * slice, most = FAR_SLICES * slice - step;

	/* `behind` is a key, so the next key down exists and is not below it. */
	for (unsigned steps = 1; at - behind > step; steps++) {
		uint64_t floor = at - step;
		const struct queue_node *q = queue_last_up_to(&sched.ready, floor);

		at = q ? q->key : 0;
		for (unsigned i = 0; i < n; i++)
			if (run[i]->ready.key <= floor)
				at = max_u64(at, run[i]->ready.key);
		if (floor - at <= most && steps < MAX_STEPS)
			continue;
		queue_raise(&sched.ready, at, floor - at);
		for (unsigned i = 0; i < n; i++)
			if (run[i]->ready.key <= at)
				run[i]->ready.key += floor - at;
		return;
	}
}
