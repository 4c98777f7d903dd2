/* SPDX-License-Identifier: BSD-2-Clause */
/* What one CPU runs next, and when it has to look again. */
#include "sched_impl.h"

/*
 * Who waits and is too far from the current vCPU, NULL: nobody. It is the first that waits for this CPU; or,
 * where vCPUs are pinned, the first that waits for any CPU that the current one may run on.
 */
static struct vcpu *stranger(const struct vcpu *v, struct vcpu *first)
{
	struct queue_node *n;

	if (sched_too_far(v, first))
		return first;
	if (sched.ready.first == &first->sched.ready)
		return NULL;
	n = queue_first_allowed(&sched.ready, v->sched.affinity);
	return n && sched_too_far(v, vcpu_of_ready(n)) ? vcpu_of_ready(n) : NULL;
}

struct vcpu *sched_choose(unsigned cpu, uint64_t now)
{
	const struct sched_cpu *c = &sched.cpu[cpu];
	struct vcpu *v = c->current, *first = first_for(cpu), *far;

	if (!v || !first)
		return v ? v : first;
	far = stranger(v, first);
	if (far) {
		sched_level(v, far, now);
		/* The same one, but its virtual time may be another. */
		first = first_for(cpu);
	}
	if (c->yield)
		return first;
	if (now < c->slice_end && !c->preempt)
		return v;
	return first->sched.ready.key <= v->sched.ready.key ? first : v;
}

void sched_arm(unsigned cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[cpu];
	const struct vcpu *v = c->current;
	uint64_t at = sched_wait_deadline(cpu);

	c->preempt = c->yield = false;
	if (v) {
		if (!first_for(cpu)) {
			/* Its slice passes all the same: who comes later need not wait for another. */
			sched.alone |= cpu_bit(cpu);
		} else {
			if (now >= c->slice_end)
				c->slice_end = now + sched.slice;
			at = min_u64(at, c->slice_end);
		}
		at = min_u64(at, sched_cap_deadline(v, now));
	} else {
		sched.idle |= cpu_bit(cpu);
	}
	c->deadline = at;
}

uint64_t sched_deadline(unsigned this_cpu)
{
	const struct sched_cpu *c = &sched.cpu[this_cpu];

	if (__atomic_load_n(&c->resched, __ATOMIC_ACQUIRE))
		return SCHED_AT_ONCE;
	return min_u64(c->deadline, c->alarm);
}

void sched_tick(unsigned this_cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[this_cpu];

	if (now >= c->deadline)
		__atomic_store_n(&c->resched, true, __ATOMIC_RELAXED);
}

void sched_set_alarm(unsigned this_cpu, uint64_t at)
{
	sched.cpu[this_cpu].alarm = at;
}

bool sched_alarm_due(unsigned this_cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[this_cpu];

	if (now < c->alarm)
		return false;
	c->alarm = UINT64_MAX;
	return true;
}
