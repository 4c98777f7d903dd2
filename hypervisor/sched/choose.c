/* SPDX-License-Identifier: BSD-2-Clause */
/* What one CPU runs next, and when it has to look again. */
#include "sched/impl.h"

/*
 * A waiting vCPU that is too far from the current one; NULL: none. It is the first that waits for
 * this CPU; or, where vCPUs are pinned, the first that waits for any CPU that the current one may
 * run on.
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

struct vcpu *sched_choose(const struct sched_cpu *c, uint64_t now)
{
	struct vcpu *v = c->current, *first = first_for(c), *far;

	if (!v || !first)
		return v ? v : first;
	far = stranger(v, first);
	if (far) {
		sched_level(v, far, now);
		/* The same vCPU, but its virtual time may have changed. */
		first = first_for(c);
	}
	if (c->yield && now >= c->move_end && sched.idle)
		return first;
	if (now < c->slice_end)
		return c->knocked && now >= c->stay_end && sched_is_behind(first, v) ? first : v;
	return first->sched.ready.key <= v->sched.ready.key ? first : v;
}

void sched_arm(struct sched_cpu *c, uint64_t now)
{
	const struct vcpu *v = c->current;
	uint64_t at = sched_wait_deadline(c);

	if (now >= c->stay_end) {
		c->quiet = c->knocked;
		if (c->quiet)
			c->stay_end = now + sched.stay;
		c->knocked = false;
	}
	if (c->yield && now >= c->move_end) {
		c->move_end = now + sched.stay;
		c->yield = false;
	}
	if (v) {
		if (c->yield)
			at = min_u64(at, c->move_end);
		if (c->knocked)
			at = min_u64(at, c->stay_end);
		if (!first_for(c)) {
			/*
			 * The slice passes all the same, so that a vCPU that comes later need not
			 * wait for another slice.
			 */
			if (c->quiet)
				at = min_u64(at, c->stay_end);
			else if (!c->knocked)
				sched.alone |= c->bit;
		} else {
			if (now >= c->slice_end)
				c->slice_end = now + sched.slice;
			at = min_u64(at, c->slice_end);
		}
		at = min_u64(at, sched_cap_deadline(v, now));
	} else {
		c->yield = c->knocked = false;
		sched.idle |= c->bit;
	}
	c->deadline = at;
}

uint64_t sched_deadline(unsigned this_cpu)
{
	const struct sched_cpu *c = sched_cpu(this_cpu);

	if (c->current != c->told)
		return SCHED_AT_ONCE;
	return __atomic_load_n(&c->at, __ATOMIC_ACQUIRE);
}

void sched_idle_begin(unsigned this_cpu, uint64_t now)
{
	books_idle_begin(&sched_cpu(this_cpu)->books, now);
}

void sched_idle_end(unsigned this_cpu, uint64_t now)
{
	books_idle_end(&sched_cpu(this_cpu)->books, now);
}

void sched_set_alarm(unsigned this_cpu, uint64_t at)
{
	struct sched_cpu *c = sched_cpu(this_cpu);

	spin_lock(&sched.lock);
	c->alarm = at;
	sched_set_at(c);
	spin_unlock(&sched.lock);
}

bool sched_alarm_due(unsigned this_cpu, uint64_t now)
{
	if (now < sched.cpu[this_cpu].alarm)
		return false;
	sched_set_alarm(this_cpu, UINT64_MAX);
	return true;
}
