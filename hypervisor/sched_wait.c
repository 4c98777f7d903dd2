/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a CPU looks after while vCPUs don't run: when sleepers wake and throttled ones are released,
 * and that the structures of those kept waiting don't go stale. It is always the CPU on which it began.
 */
#include "sched_impl.h"

void sched_timer_set(struct vcpu *v, unsigned cpu, uint64_t at)
{
	struct sched_vcpu *s = &v->sched;

	s->home = (uint8_t)cpu;
	s->timer.key = at;
	queue_insert(&sched.cpu[cpu].timers, &s->timer);
}

void sched_timer_cancel(struct vcpu *v)
{
	if (v->sched.timer.queued)
		queue_remove(&sched.cpu[v->sched.home].timers, &v->sched.timer);
}

struct vcpu *sched_timer_due(unsigned cpu, uint64_t now)
{
	struct queue *q = &sched.cpu[cpu].timers;
	struct queue_node *n = q->first;

	if (!n || n->key > now)
		return NULL;
	queue_remove(q, n);
	return CONTAINER_OF(n, struct vcpu, sched.timer);
}

void sched_wait_begin(struct vcpu *v, unsigned cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[cpu];
	struct sched_vcpu *s = &v->sched;

	/* First come, first due, since a CPU's `now` never goes back: the list stays in order. */
	s->home = (uint8_t)cpu;
	s->refresh_at = now + sched.refresh;
	s->wait_prev = c->wait_last;
	s->wait_next = NULL;
	if (c->wait_last)
		c->wait_last->sched.wait_next = v;
	else
		c->wait_first = v;
	c->wait_last = v;
}

void sched_wait_end(struct vcpu *v)
{
	struct sched_vcpu *s = &v->sched;
	struct sched_cpu *c = &sched.cpu[s->home];

	if (s->wait_prev)
		s->wait_prev->sched.wait_next = s->wait_next;
	else
		c->wait_first = s->wait_next;
	if (s->wait_next)
		s->wait_next->sched.wait_prev = s->wait_prev;
	else
		c->wait_last = s->wait_prev;
}

/*
 * Those that are due a little later are taken along, so that many waiting don't mean many interrupts.
 * All of them go behind the others at once: the list becomes a ring for a moment, and is cut elsewhere.
 */
void sched_refresh(unsigned cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[cpu];
	struct vcpu *v = c->wait_first, *last = NULL;

	if (!v || v->sched.refresh_at > now)
		return;
	for (; v && v->sched.refresh_at <= now + sched.slack; v = v->sched.wait_next) {
		pvtime_publish(&v->time, now);
		v->sched.refresh_at = now + sched.refresh;
		last = v;
	}
	if (!v)
		return;
	c->wait_last->sched.wait_next = c->wait_first;
	c->wait_first->sched.wait_prev = c->wait_last;
	c->wait_first = v;
	c->wait_last = last;
	v->sched.wait_prev = NULL;
	last->sched.wait_next = NULL;
}

uint64_t sched_wait_deadline(unsigned cpu)
{
	const struct sched_cpu *c = &sched.cpu[cpu];
	uint64_t at = UINT64_MAX;

	if (c->timers.first)
		at = c->timers.first->key;
	if (c->wait_first)
		at = min_u64(at, c->wait_first->sched.refresh_at);
	return at;
}
