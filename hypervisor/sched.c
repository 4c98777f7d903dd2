/* SPDX-License-Identifier: BSD-2-Clause */
/* The states of a vCPU, and what each CPU runs. */
#include "sched_impl.h"

/*
 * The only place where a vCPU's state changes, and with it its ledger. Whatever it leaves
 * READY for, its structure says so: before it is scheduled in, and for others to read after
 * it has been stopped or paused.
 */
static void set_state(struct vcpu *v, enum pvtime_state next, unsigned cpu, uint64_t now)
{
	bool waited = state_of(v) == PVTIME_READY;

	if (waited)
		sched_wait_end(v);
	if (next == PVTIME_RUNNING) {
		pvtime_switch_in(&v->time, now);
	} else {
		pvtime_account(&v->time, next, now);
		if (waited)
			pvtime_publish(&v->time, now);
	}
	if (next == PVTIME_READY)
		sched_wait_begin(v, cpu, now);
}

/* Out of the queues, whichever it is in. */
static void withdraw(struct vcpu *v)
{
	if (v->sched.ready.queued)
		queue_remove(&sched.ready, &v->sched.ready);
	sched_timer_cancel(v);
}

/* The current vCPU of this CPU leaves it for a state in which it doesn't compete. */
static void leave(struct vcpu *v, enum pvtime_state next, unsigned cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[cpu];

	sched_charge(v, now);
	set_state(v, next, cpu, now);
	v->sched.stop_pending = false;
	c->current = NULL;
	__atomic_store_n(&c->resched, true, __ATOMIC_RELAXED);
}

/* A READY vCPU that is in no queue joins the others; or waits for its next cap period. */
static void contend(struct vcpu *v, uint64_t credit, unsigned cpu, uint64_t now)
{
	sched_cap_roll(v, now);
	if (sched_throttled(v)) {
		sched_timer_set(v, cpu, v->sched.cap_end);
	} else {
		sched_join(v, credit, now);
		queue_insert(&sched.ready, &v->sched.ready);
		sched_place(v, true, cpu);
	}
}

/* BLOCKED or OFF -> READY. */
static void make_ready(struct vcpu *v, unsigned cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[cpu];

	withdraw(v);
	v->sched.wake_pending = false;
	if (sched.paused) {
		set_state(v, PVTIME_PAUSED, cpu, now);
		return;
	}
	set_state(v, PVTIME_READY, cpu, now);
	contend(v, v->sched.slice_vtime / 2, cpu, now);
	c->deadline = min_u64(c->deadline, v->sched.refresh_at);
	if (v->sched.timer.queued)
		c->deadline = min_u64(c->deadline, v->sched.timer.key);
}

/* What this CPU's timers are for: sleepers wake, the throttled compete again. */
static void expire(unsigned cpu, uint64_t now)
{
	struct vcpu *v;

	while ((v = sched_timer_due(cpu, now))) {
		if (state_of(v) == PVTIME_BLOCKED)
			make_ready(v, cpu, now);
		else
			contend(v, 0, cpu, now);
	}
}

/* Whether the current vCPU may go on at all; if not, it is in its new state. */
static bool may_stay(struct vcpu *v, unsigned cpu, uint64_t now)
{
	if (v->sched.stop_pending) {
		leave(v, PVTIME_OFF, cpu, now);
		return false;
	}
	if (sched.paused) {
		leave(v, PVTIME_PAUSED, cpu, now);
		return false;
	}
	if (sched_throttled(v)) {
		leave(v, PVTIME_READY, cpu, now);
		sched_timer_set(v, cpu, v->sched.cap_end);
		return false;
	}
	return true;
}

/* `next`, which waits, takes this CPU; who had it waits. */
static void switch_to(struct vcpu *next, unsigned cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[cpu];
	struct vcpu *prev = c->current;
	struct sched_vcpu *s = &next->sched;

	queue_remove(&sched.ready, &s->ready);
	set_state(next, PVTIME_RUNNING, cpu, now);
	sched_cap_roll(next, now);
	s->run_since = now;
	s->cpu = (uint8_t)cpu;
	s->switches++;
	c->current = next;
	c->slice_end = now + sched.slice;
	if (prev) {
		set_state(prev, PVTIME_READY, cpu, now);
		queue_insert(&sched.ready, &prev->sched.ready);
		sched_place(prev, false, cpu);
	}
}

static struct vcpu *schedule(unsigned cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[cpu];
	struct vcpu *v, *next;

	spin_lock(&sched.lock);
	do {
		v = c->current;
		if (v)
			sched_charge(v, now);
		expire(cpu, now);
		if (sched_refresh_due(c, now))
			sched_refresh(cpu, now);
		if (v && !may_stay(v, cpu, now))
			v = NULL;
		sched.idle &= (uint8_t)~cpu_bit(cpu);
		sched.alone &= (uint8_t)~cpu_bit(cpu);
		/* Others set it under the lock only: what it was set for is dealt with here. */
		__atomic_store_n(&c->resched, false, __ATOMIC_RELAXED);
		next = sched_choose(cpu, now);
		if (next != v)
			switch_to(next, cpu, now);
		sched_arm(cpu, now);
		if (sched.idle)
			sched_spread(cpu);
	} while (__atomic_load_n(&c->resched, __ATOMIC_RELAXED));
	spin_unlock(&sched.lock);
	return next;
}

struct vcpu *sched_next(unsigned this_cpu, uint64_t now)
{
	struct sched_cpu *c = &sched.cpu[this_cpu];

	if (!__atomic_load_n(&c->resched, __ATOMIC_ACQUIRE) && now < c->deadline)
		return c->current;
	return schedule(this_cpu, now);
}

bool sched_start(struct vcpu *v, unsigned this_cpu, uint64_t now)
{
	bool was_off;

	spin_lock(&sched.lock);
	was_off = state_of(v) == PVTIME_OFF;
	if (was_off)
		make_ready(v, this_cpu, now);
	spin_unlock(&sched.lock);
	return was_off;
}

void sched_stop(struct vcpu *v, unsigned this_cpu, uint64_t now)
{
	spin_lock(&sched.lock);
	if (state_of(v) != PVTIME_RUNNING) {
		withdraw(v);
		set_state(v, PVTIME_OFF, this_cpu, now);
	} else if (v == sched.cpu[this_cpu].current) {
		leave(v, PVTIME_OFF, this_cpu, now);
	} else {
		v->sched.stop_pending = true;
		sched_notify(v->sched.cpu, this_cpu);
	}
	spin_unlock(&sched.lock);
}

void sched_will_block(struct vcpu *v)
{
	__atomic_store_n(&v->sched.wake_pending, false, __ATOMIC_RELAXED);
	/* Before the caller looks for what sched_wake() would have announced. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

bool sched_block(struct vcpu *v, unsigned this_cpu, uint64_t now, uint64_t wake_at)
{
	bool blocks;

	spin_lock(&sched.lock);
	/* One that is to stop or to pause does so in sched_next(), whatever it waits for. */
	blocks = !v->sched.stop_pending && !v->sched.wake_pending && wake_at > now;
	__atomic_store_n(&v->sched.wake_pending, false, __ATOMIC_RELAXED);
	if (blocks) {
		leave(v, sched.paused ? PVTIME_PAUSED : PVTIME_BLOCKED, this_cpu, now);
		if (wake_at != UINT64_MAX && !sched.paused)
			sched_timer_set(v, this_cpu, wake_at);
	}
	spin_unlock(&sched.lock);
	return blocks;
}

void sched_wake(struct vcpu *v, unsigned this_cpu, uint64_t now)
{
	spin_lock(&sched.lock);
	switch (state_of(v)) {
	case PVTIME_BLOCKED:
		make_ready(v, this_cpu, now);
		break;
	case PVTIME_RUNNING:
		if (v->sched.cpu != this_cpu)
			cpu_kick(v->sched.cpu);
		/* fall through */
	case PVTIME_READY:
		__atomic_store_n(&v->sched.wake_pending, true, __ATOMIC_RELAXED);
		break;
	default:
		break;
	}
	spin_unlock(&sched.lock);
}

void sched_pause_all(unsigned this_cpu, uint64_t now)
{
	spin_lock(&sched.lock);
	sched.paused = true;
	for (struct vcpu *v = sched.vcpus; v; v = v->sched.next) {
		if (state_of(v) == PVTIME_RUNNING) {
			sched_notify(v->sched.cpu, this_cpu);
		} else {
			withdraw(v);
			set_state(v, PVTIME_PAUSED, this_cpu, now);
		}
	}
	spin_unlock(&sched.lock);
}

void sched_reset_ledger(struct vcpu *v, uint64_t now)
{
	enum pvtime_state state;
	unsigned cpu;

	spin_lock(&sched.lock);
	state = state_of(v);
	cpu = v->sched.home;
	set_state(v, PVTIME_OFF, cpu, now);
	pvtime_vcpu_reset(&v->time, now);
	set_state(v, state, cpu, now);
	spin_unlock(&sched.lock);
}
