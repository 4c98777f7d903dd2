/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which CPU is notified of a waiting vCPU. All CPUs share the run queue, so this decides which CPU
 * looks, and when. What it then runs is for that CPU to decide.
 */
#include "sched/impl.h"

void sched_notify(struct sched_cpu *c, struct sched_cpu *other)
{
	/*
	 * If it is set already, that CPU has been kicked, or has set it itself: it is on its way to
	 * the lock.
	 */
	if (other->resched)
		return;
	sched_look_again(other);
	if (other != c)
		cpu_kick(other->id);
}

static void wake_idle(struct sched_cpu *c, struct sched_cpu *idle)
{
	/* No longer idle: the next vCPU that wakes up is for another CPU. */
	sched.idle &= (uint8_t)~idle->bit;
	sched_notify(c, idle);
}

/* Whether this CPU has been told of a waiting vCPU, and owes the first that waits. */
static bool is_promised(const struct sched_cpu *c)
{
	const struct vcpu *first = c->knocked ? first_for(c) : NULL;

	return first && sched_is_behind(first, c->current);
}

struct sched_cpu *sched_cpu_that_owes(const struct vcpu *v)
{
	struct sched_cpu *where = NULL;

	for (uint8_t cpus = v->sched.affinity; cpus;) {
		struct sched_cpu *other = take_cpu(&cpus);
		const struct vcpu *r = other->current;

		if (r && sched_is_behind(v, r) && !is_promised(other) &&
		    (!where || r->sched.ready.key > where->current->sched.ready.key))
			where = other;
	}
	return where;
}

/* Whether some CPU has been told of a waiting vCPU, and has not looked yet. */
static bool one_knocks(void)
{
	for (unsigned cpu = 0; cpu < sched.ncpus; cpu++)
		if (sched.cpu[cpu].knocked)
			return true;
	return false;
}

static void knock(struct sched_cpu *c, struct sched_cpu *other)
{
	if (!other->knocked) {
		other->knocked = true;
		sched_notify(c, other);
	}
}

/*
 * v is in the run queue and is owed `where`. Tell `where` if v is the first of all, and so the
 * first for each CPU that it may run on; if `where` owes the first that waits for it, too; or if
 * that first may get another CPU.
 */
static void preempt(struct sched_cpu *c, const struct vcpu *v, struct sched_cpu *where)
{
	if (sched.ready.first == &v->sched.ready ||
	    sched_is_behind(first_for(where), where->current) || one_knocks())
		knock(c, where);
}

/*
 * An idle CPU may help a waiting vCPU that is pinned elsewhere, if the vCPU that runs there can
 * move, maybe to a CPU whose own vCPU must move first. The search goes from the idle CPUs outwards,
 * so that each move brings the rest one step nearer. The next step is taken when the vCPU that
 * gives way is queued.
 */
COLD void sched_spread(struct sched_cpu *c)
{
	uint8_t reach = sched.idle, seen = 0, asked = 0;

	if (!sched.ready.root)
		return;
	for (unsigned cpu = 0; cpu < sched.ncpus; cpu++)
		asked |= sched.cpu[cpu].yield ? sched.cpu[cpu].bit : 0;
	while (reach != seen) {
		struct queue_node *n = queue_first_allowed(&sched.ready, reach & (uint8_t)~asked);

		if (n) {
			uint8_t where = vcpu_of_ready(n)->sched.affinity & reach & (uint8_t)~asked;
			struct sched_cpu *other = take_cpu(&where);

			if (sched.idle & other->bit) {
				wake_idle(c, other);
				return;
			}
			other->yield = true;
			sched_notify(c, other);
			if (sched.now >= other->move_end)
				return;
			asked |= other->bit; /* it takes a while: another CPU may do it at once */
			continue;
		}
		seen = reach;
		for (unsigned cpu = 0; cpu < sched.ncpus; cpu++) {
			const struct sched_cpu *other = &sched.cpu[cpu];

			if (other->current && (other->current->sched.affinity & seen))
				reach |= other->bit;
		}
	}
}

/* Choose one of the idle CPUs: where v ran last, or this CPU, or any. */
static void choose_idle(struct sched_cpu *c, const struct sched_vcpu *s, uint8_t idle)
{
	struct sched_cpu *last = &sched.cpu[s->cpu];

	if (idle & last->bit)
		wake_idle(c, last);
	else if (idle & c->bit)
		wake_idle(c, c);
	else
		wake_idle(c, take_cpu(&idle));
}

COLD void sched_tell_alone(struct sched_cpu *c)
{
	uint8_t alone = sched.alone & (uint8_t)sched.ready.root->reachable;

	while (alone)
		knock(c, take_cpu(&alone));
}

void sched_place(struct sched_cpu *c, const struct vcpu *v, struct sched_cpu *where)
{
	const struct sched_vcpu *s = &v->sched;
	uint8_t idle = s->affinity & sched.idle;
	uint8_t alone = s->affinity & sched.alone;

	if (idle) {
		choose_idle(c, s, idle);
		return;
	}
	/* A vCPU that had no competition now has some: it needs a slice timer. */
	while (alone)
		knock(c, take_cpu(&alone));
	if (where)
		preempt(c, v, where);
	if (sched.idle)
		sched_spread(c);
}
