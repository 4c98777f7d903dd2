/* SPDX-License-Identifier: BSD-2-Clause */
/* The states of a vCPU, and what each CPU runs. */
#include "sched/impl.h"
#include "vm.h"

/*
 * The only place where a vCPU's state changes, and with it its ledger. A vCPU that
 * leaves READY is published: before it is scheduled in, or, if it is stopped or paused, for
 * its VM's other vCPUs to read.
 */
static inline __attribute__((always_inline)) void set_state(struct sched_cpu *c, struct vcpu *v,
							    enum pvtime_state next, uint64_t now)
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
		sched_wait_begin(c, v, now);
}

/*
 * Under the lock, all CPUs have one time. `now` was read before the lock was taken, and another CPU
 * may have made a change at a later time meanwhile. No change under the lock is earlier than the
 * one before, so one vCPU's time begins where another's ends.
 */
static inline uint64_t lock_at(uint64_t now)
{
	spin_lock(&sched.lock);
	sched.now = max_u64(sched.now, now);
	return sched.now;
}

/* Remove v from the queue that it is in, if any. */
static void dequeue(struct vcpu *v)
{
	if (v->sched.ready.queued)
		queue_remove(&sched.ready, &v->sched.ready);
	sched_timer_cancel(v);
}

/* The current vCPU of this CPU leaves it for a state in which it doesn't compete. */
static void leave(struct sched_cpu *c, enum pvtime_state next, uint64_t now)
{
	struct vcpu *v = c->current;

	sched_charge_share(v, now);
	set_state(c, v, next, now);
	v->sched.stop_pending = false;
	c->current = NULL;
	sched_look_again(c);
}

/*
 * The CPU that v, which is in no queue, may take from another vCPU. NULL: none, or an idle CPU may
 * run v.
 */
static inline struct sched_cpu *cpu_to_take(const struct vcpu *v)
{
	return v->sched.affinity & sched.idle ? NULL : sched_cpu_that_owes(v);
}

/*
 * The same for v, which has just lost CPU c. What other vCPUs have run meanwhile is not in their
 * virtual time yet, so charge them first.
 */
static inline struct sched_cpu *other_cpu_to_take(const struct sched_cpu *c, const struct vcpu *v,
						  uint64_t now)
{
	for (uint8_t cpus = v->sched.affinity & (uint8_t)~c->bit; cpus;) {
		struct sched_cpu *other = take_cpu(&cpus);

		if (other->current)
			sched_charge_share(other->current, now);
	}
	return cpu_to_take(v);
}

/* v waits for its turn; `where` is a CPU that it is owed, or NULL. */
static inline void enqueue(struct sched_cpu *c, struct vcpu *v, struct sched_cpu *where)
{
	queue_insert(&sched.ready, &v->sched.ready);
	sched_place(c, v, where);
}

/*
 * v is READY and has joined the others: it waits for its turn, or, if it has used up its cap, for
 * its next cap period.
 */
static void contend(struct sched_cpu *c, struct vcpu *v, struct sched_cpu *where, uint64_t now)
{
	if (sched_is_capped(v) && sched_used_up(v, now))
		sched_timer_set(c, v, v->sched.cap_end);
	else
		enqueue(c, v, where);
}

/* `next`, which is in no queue, takes this CPU; the vCPU that had it waits. */
static void switch_to(struct sched_cpu *c, struct vcpu *next, uint64_t now)
{
	struct vcpu *prev = c->current;
	struct sched_vcpu *s = &next->sched;
	bool early = now < c->slice_end;

	set_state(c, next, PVTIME_RUNNING, now);
	sched_cap_roll(next, now);
	s->run_since = now;
	s->cpu = c->id;
	s->switches++;
	c->current = next;
	c->slice_end = now + sched.slice;
	c->stay_end = now + sched.stay;
	c->knocked = c->quiet = false;
	if (prev) {
		set_state(c, prev, PVTIME_READY, now);
		enqueue(c, prev, early ? other_cpu_to_take(c, prev, now) : NULL);
	}
}

/*
 * The common case of a wake-up: v, which has joined the others, is owed this very CPU (`where`),
 * and nothing else is to be decided. Then v gets it at once, without entering a queue. False: it is
 * not so simple, and nothing has changed.
 */
static bool hand_over(struct sched_cpu *c, struct vcpu *v, const struct sched_cpu *where,
		      uint64_t now)
{
	const struct vcpu *has = c->current;
	const struct vcpu *first;

	/* If no CPU is idle, each has a vCPU. */
	if (where != c || c->resched || sched.idle || now < c->stay_end ||
	    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	    (v->sched.cap_budget & has->sched.cap_budget) != UINT64_MAX)
		return false;
	first = first_for(c);
	if ((first && first->sched.ready.key <= v->sched.ready.key) ||
	    sched_too_far(v, has)) /* decide() first forgets what no weight explains */
		return false;
	sched.alone &= (uint8_t)~c->bit;
	switch_to(c, v, now);
	sched_arm(c, now);
	sched_set_at(c);
	return true;
}

/*
 * How far v, which wakes up, may be behind the others: half a slice, however long it has slept. Or
 * its debt, less what it could have run since it fell asleep: v had waited for that, and must not
 * lose it by a nap.
 */
static inline uint64_t wake_credit(struct vcpu *v, uint64_t now)
{
	uint64_t least = v->sched.slice_vtime / 2, debt = v->sched.debt, slept;

	if (!debt)
		return least;
	v->sched.debt = 0;
	slept = (now - pvtime_get_since(&v->time)) * sched.scale / v->sched.weight;
	return slept < debt - least ? debt - slept : least;
}

/* BLOCKED or OFF -> READY, or RUNNING. */
static void make_ready(struct sched_cpu *c, struct vcpu *v, uint64_t now)
{
	struct sched_cpu *where;

	dequeue(v);
	v->sched.wake_pending = false;
	if (sched.paused) {
		set_state(c, v, PVTIME_PAUSED, now);
		return;
	}
	sched_join(v, wake_credit(v, now), now);
	where = cpu_to_take(v);
	if (hand_over(c, v, where, now))
		return;
	set_state(c, v, PVTIME_READY, now);
	contend(c, v, where, now);
	if (c->resched)
		return; /* decide() follows anyway */
	c->deadline = min_u64(c->deadline, v->sched.refresh_at);
	if (v->sched.timer.queued)
		c->deadline = min_u64(c->deadline, v->sched.timer.key);
	sched_set_at(c);
}

/* This CPU's timers have come: sleepers wake up, and throttled vCPUs compete again. */
COLD static void expire(struct sched_cpu *c, uint64_t now)
{
	struct vcpu *v;

	while ((v = sched_timer_due(c, now))) {
		if (state_of(v) == PVTIME_BLOCKED) {
			make_ready(c, v, now);
		} else {
			sched_join(v, 0, now);
			contend(c, v, cpu_to_take(v), now);
		}
	}
}

/*
 * The current vCPU can't keep the CPU, even if no other waits: it must stop or pause, or has used
 * up its cap.
 */
COLD static void give_way(struct sched_cpu *c, uint64_t now)
{
	struct vcpu *v = c->current;

	if (v->sched.stop_pending) {
		if (v != c->told) /* given this CPU, but the run loop never came to load it */
			c->dropped |= BIT(v->vm->id);
		leave(c, PVTIME_OFF, now);
	} else if (sched.paused) {
		leave(c, PVTIME_PAUSED, now);
	} else {
		leave(c, PVTIME_READY, now);
		sched_timer_set(c, v, v->sched.cap_end);
	}
}

/* Do all that is due on this CPU at `now`, and choose the vCPU that it runs from now on. */
static void decide(struct sched_cpu *c, uint64_t now)
{
	struct vcpu *next;

	do {
		if (c->current)
			sched_charge_share(c->current, now);
		if (c->timers.first && c->timers.first->key <= now)
			expire(c, now);
		if (sched_refresh_due(c, now))
			sched_refresh(c, now);
		if (c->current &&
		    (c->current->sched.stop_pending || sched.paused || sched_throttled(c->current)))
			give_way(c, now);
		sched.idle &= (uint8_t)~c->bit;
		sched.alone &= (uint8_t)~c->bit;
		c->resched = false; /* all that it was set for is done here */
		next = sched_choose(c, now);
		if (next != c->current) {
			queue_remove(&sched.ready, &next->sched.ready);
			switch_to(c, next, now);
		}
		sched_arm(c, now);
		if (!c->books.gives && next && sched.ready.root)
			sched_tell_alone(c);
		if (sched.idle)
			sched_spread(c);
	} while (c->resched);
	if (c->books.gives != (c->current != NULL))
		books_turn(&c->books, now);
	sched_set_at(c);
}

/*
 * Ends each function that may have changed something for this very CPU. The CPU decides at once,
 * under the same lock and at the same `now`. The run loop gets the result from sched_next().
 */
static void decide_and_unlock(struct sched_cpu *c, uint64_t now)
{
	if (c->resched)
		decide(c, now);
	spin_unlock(&sched.lock);
}

COLD static void tell_dropped(struct sched_cpu *c)
{
	uint64_t vms = c->dropped;

	spin_lock(&sched.lock);
	c->dropped = 0;
	sched_set_at(c);
	spin_unlock(&sched.lock);
	vm_dropped(vms);
}

struct vcpu *sched_next(unsigned this_cpu, uint64_t now)
{
	struct sched_cpu *c = sched_cpu(this_cpu);

	if (now >= __atomic_load_n(&c->at, __ATOMIC_ACQUIRE)) {
		now = lock_at(now);
		decide(c, now);
		spin_unlock(&sched.lock);
		if (c->dropped)
			tell_dropped(c);
	}
	c->told = c->current;
	return c->current;
}

bool sched_start(struct vcpu *v, unsigned this_cpu, uint64_t now)
{
	struct sched_cpu *c = sched_cpu(this_cpu);
	bool was_off;

	now = lock_at(now);
	was_off = state_of(v) == PVTIME_OFF;
	if (was_off) {
		v->sched.debt = 0;
		make_ready(c, v, now);
	}
	decide_and_unlock(c, now);
	return was_off;
}

void sched_stop(struct vcpu *v, unsigned this_cpu, uint64_t now)
{
	struct sched_cpu *c = sched_cpu(this_cpu);

	now = lock_at(now);
	if (state_of(v) != PVTIME_RUNNING) {
		dequeue(v);
		set_state(c, v, PVTIME_OFF, now);
	} else if (v == c->current) {
		leave(c, PVTIME_OFF, now);
	} else {
		v->sched.stop_pending = true;
		sched_notify(c, &sched.cpu[v->sched.cpu]);
	}
	decide_and_unlock(c, now);
}

/*
 * v has just left this CPU to sleep. Its debt is how far the first vCPU that waits for this CPU is
 * ahead of v, if that is more than the credit of any wake-up. At most a slice: a larger debt may be
 * one that cannot be paid.
 */
static inline void note_debt(const struct sched_cpu *c, struct vcpu *v)
{
	const struct vcpu *first = first_for(c);
	uint64_t key = v->sched.ready.key, slice = v->sched.slice_vtime;

	if (first && first->sched.ready.key > key + slice / 2)
		v->sched.debt = min_u64(first->sched.ready.key - key, slice);
}

void sched_will_block(struct vcpu *v)
{
	__atomic_store_n(&v->sched.wake_pending, false, __ATOMIC_RELAXED);
	/* Before the caller looks for what sched_wake() would have announced. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

bool sched_block(struct vcpu *v, unsigned this_cpu, uint64_t now, uint64_t wake_at)
{
	struct sched_cpu *c = sched_cpu(this_cpu);
	enum pvtime_state next;
	bool current, blocks;

	now = lock_at(now);
	next = sched.paused ? PVTIME_PAUSED : PVTIME_BLOCKED;
	/*
	 * In the very trap that v is in, it may have lost its CPU to a vCPU that it has woken, and
	 * may have got another since.
	 */
	current = c->current == v;
	/* A vCPU that must stop does so in decide(), whatever it waits for. */
	blocks = (current || state_of(v) == PVTIME_READY) && !v->sched.stop_pending &&
		 !v->sched.wake_pending && wake_at > now;
	__atomic_store_n(&v->sched.wake_pending, false, __ATOMIC_RELAXED);
	if (blocks) {
		if (current) {
			leave(c, next, now);
		} else {
			dequeue(v);
			set_state(c, v, next, now);
		}
		note_debt(c, v);
		if (wake_at != UINT64_MAX && !sched.paused) {
			sched_timer_set(c, v, wake_at);
			/*
			 * If v was not this CPU's current vCPU any more, no decision follows, and
			 * the deadline does not cover wake_at yet.
			 */
			c->deadline = min_u64(c->deadline, wake_at);
			sched_set_at(c);
		}
	}
	decide_and_unlock(c, now);
	return blocks;
}

void sched_wake(struct vcpu *v, unsigned this_cpu, uint64_t now)
{
	struct sched_cpu *c = sched_cpu(this_cpu);

	now = lock_at(now);
	switch (state_of(v)) {
	case PVTIME_BLOCKED:
		/* A vCPU that wakes another of its own VM need not be protected from it. */
		if (c->current && c->current->vm == v->vm) {
			c->stay_end = now;
			if (c->knocked)
				sched_look_again(c);
		}
		make_ready(c, v, now);
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
	decide_and_unlock(c, now);
}

void sched_pause_all(unsigned this_cpu, uint64_t now)
{
	struct sched_cpu *c = sched_cpu(this_cpu);

	now = lock_at(now);
	sched.paused = true;
	for (struct vcpu *v = sched.vcpus; v; v = v->sched.next) {
		if (state_of(v) == PVTIME_RUNNING) {
			sched_notify(c, &sched.cpu[v->sched.cpu]);
		} else {
			dequeue(v);
			set_state(c, v, PVTIME_PAUSED, now);
		}
	}
	spin_unlock(&sched.lock);
}

void sched_reset_ledger(struct vcpu *v, uint64_t now)
{
	struct pvtime_totals life;
	struct sched_cpu *home;
	enum pvtime_state state;

	now = lock_at(now);
	home = &sched.cpu[v->sched.home];
	state = state_of(v);
	set_state(home, v, PVTIME_OFF, now);
	pvtime_totals(&v->time, now, &life);
	for (unsigned i = 0; i < PVTIME_STATES; i++)
		v->sched.past[i] += life.ticks[i];
	pvtime_vcpu_reset(&v->time, now);
	set_state(home, v, state, now);
	spin_unlock(&sched.lock);
}
