/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which CPU is told that a vCPU waits. The run queue is everybody's, so this decides who looks, and when;
 * what it then runs is for that CPU to decide.
 */
#include "sched_impl.h"

void sched_notify(unsigned cpu, unsigned this_cpu)
{
	bool *resched = &sched.cpu[cpu].resched;

	/* Whoever set it before has kicked, or is that CPU itself: it is on its way to the lock. */
	if (__atomic_load_n(resched, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(resched, true, __ATOMIC_RELEASE);
	if (cpu != this_cpu)
		cpu_kick(cpu);
}

static void wake_idle(unsigned cpu, unsigned this_cpu)
{
	/* No longer idle: the next one that wakes up is for another CPU. */
	sched.idle &= (uint8_t)~cpu_bit(cpu);
	sched_notify(cpu, this_cpu);
}

/*
 * A woken vCPU need not wait for the end of a slice if it is owed clearly more than the one that runs: of those that
 * run on CPUs that it may run on, the one that has had most.
 */
static void preempt(struct vcpu *v, unsigned this_cpu)
{
	const struct sched_vcpu *s = &v->sched;
	uint64_t most = s->ready.key + s->slice_vtime / 8;
	unsigned where = SCHED_MAX_CPUS;

	for (uint8_t cpus = s->affinity; cpus;) {
		unsigned cpu = take_cpu(&cpus);
		const struct vcpu *r = sched.cpu[cpu].current;

		if (r && r->sched.ready.key > most) {
			most = r->sched.ready.key;
			where = cpu;
		}
	}
	/* The first of all is the first for each CPU that it may run on. */
	if (where < SCHED_MAX_CPUS && (sched.ready.first == &s->ready || first_for(where) == v)) {
		sched.cpu[where].preempt = true;
		sched_notify(where, this_cpu);
	}
}

/*
 * An idle CPU may be of use to a waiting vCPU that is pinned elsewhere: if the one that runs there can
 * move, maybe to a CPU whose own vCPU must move first. Searched from the idle CPUs outwards, so that each
 * move brings the rest one step nearer; the next step is taken when the one that gives way is queued.
 */
void sched_spread(unsigned this_cpu)
{
	uint8_t reach = sched.idle, seen = 0;

	if (!sched.ready.root)
		return;
	while (reach != seen) {
		struct queue_node *n = queue_first_allowed(&sched.ready, reach);

		if (n) {
			uint8_t where = vcpu_of_ready(n)->sched.affinity & reach;
			unsigned cpu = take_cpu(&where);

			if (sched.idle & cpu_bit(cpu)) {
				wake_idle(cpu, this_cpu);
			} else {
				sched.cpu[cpu].yield = true;
				sched_notify(cpu, this_cpu);
			}
			return;
		}
		seen = reach;
		for (unsigned cpu = 0; cpu < sched.ncpus; cpu++) {
			const struct vcpu *v = sched.cpu[cpu].current;

			if (v && (v->sched.affinity & seen))
				reach |= cpu_bit(cpu);
		}
	}
}

/* One of the idle CPUs: where v ran last, or this one, or any. */
static void choose_idle(const struct sched_vcpu *s, uint8_t idle, unsigned this_cpu)
{
	if (idle & cpu_bit(s->cpu))
		wake_idle(s->cpu, this_cpu);
	else if (idle & cpu_bit(this_cpu))
		wake_idle(this_cpu, this_cpu);
	else
		wake_idle(take_cpu(&idle), this_cpu);
}

void sched_place(struct vcpu *v, bool woken, unsigned this_cpu)
{
	const struct sched_vcpu *s = &v->sched;
	uint8_t idle = s->affinity & sched.idle;
	uint8_t alone = s->affinity & sched.alone;

	if (idle) {
		choose_idle(s, idle, this_cpu);
		return;
	}
	/* Who had no competition now has, and needs a slice timer. */
	while (alone)
		sched_notify(take_cpu(&alone), this_cpu);
	if (woken)
		preempt(v, this_cpu);
	if (sched.idle)
		sched_spread(this_cpu);
}
