/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a CPU tracks while vCPUs don't run: when sleepers wake up and throttled vCPUs are released,
 * and when the structures of waiting vCPUs must be refreshed. This stays with the CPU on which the
 * wait began.
 */
#include "sched/impl.h"

void sched_timer_set(struct sched_cpu *c, struct vcpu *v, uint64_t at)
{
	struct sched_vcpu *s = &v->sched;

	s->home = c->id;
	s->timer.key = at;
	queue_insert(&c->timers, &s->timer);
}

void sched_timer_cancel(struct vcpu *v)
{
	if (v->sched.timer.queued)
		queue_remove(&sched.cpu[v->sched.home].timers, &v->sched.timer);
}

struct vcpu *sched_timer_due(struct sched_cpu *c, uint64_t now)
{
	struct queue_node *n = c->timers.first;

	if (!n || n->key > now)
		return NULL;
	queue_remove(&c->timers, n);
	return CONTAINER_OF(n, struct vcpu, sched.timer);
}

void sched_wait_begin(struct sched_cpu *c, struct vcpu *v, uint64_t now)
{
	struct sched_wait *head = &c->waiting, *last = head->prev;
	struct sched_vcpu *s = &v->sched;

	/* First come, first due, because a CPU's `now` never goes back: the list stays in order. */
	s->home = c->id;
	s->refresh_at = now + sched.refresh;
	s->wait = (struct sched_wait){last, head};
	last->next = &s->wait;
	head->prev = &s->wait;
}

void sched_wait_end(struct vcpu *v)
{
	struct sched_wait *prev = v->sched.wait.prev, *next = v->sched.wait.next;

	prev->next = next;
	next->prev = prev;
}

/*
 * vCPUs that are due a little later are published as well, so that many waiting vCPUs don't mean
 * many interrupts. All of them go behind the others at once: the head of the ring moves.
 */
COLD void sched_refresh(struct sched_cpu *c, uint64_t now)
{
	struct sched_wait *head = &c->waiting, *w = head->next, *last = head;

	for (; w != head && vcpu_of_wait(w)->sched.refresh_at <= now + sched.slack; w = w->next) {
		struct vcpu *v = vcpu_of_wait(w);

		pvtime_publish(&v->time, now);
		v->sched.refresh_at = now + sched.refresh;
		last = w;
	}
	if (w == head || last == head)
		return;
	/*
	 * Take the head out of the ring, and put it back between the last of them and the next one.
	 */
	head->prev->next = head->next;
	head->next->prev = head->prev;
	*head = (struct sched_wait){last, w};
	last->next = head;
	w->prev = head;
}

uint64_t sched_wait_deadline(const struct sched_cpu *c)
{
	uint64_t at = UINT64_MAX;

	if (c->timers.first)
		at = c->timers.first->key;
	if (c->waiting.next != &c->waiting)
		at = min_u64(at, vcpu_of_wait(c->waiting.next)->sched.refresh_at);
	return at;
}
