/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCHED_IMPL_H
#define SCHED_IMPL_H

/*
 * What the files of the scheduler share. The lock is held wherever one of these functions is
 * called.
 */
#include "sched/books.h"
#include "sched/sched.h"
#include "spinlock.h"
#include "vcpu.h"

/* A physical CPU. In calls, `c` is the one that makes them. */
struct sched_cpu {
	struct vcpu *current; /* RUNNING here; changed by this CPU alone */
	struct vcpu *told;    /* what sched_next() has said last: this CPU's own, no lock */
	uint64_t at; /* the earliest of the next two, or SCHED_AT_ONCE; read without the lock */
	uint64_t deadline;  /* of the scheduler's, and */
	uint64_t alarm;	    /* of sched_set_alarm() */
	uint64_t slice_end; /* of `current`; matters once another waits for this CPU */
	uint64_t stay_end; /* of `current`: until then nobody who wakes up takes this CPU from it */
	uint64_t move_end; /* of this CPU: until then nobody makes its vCPU move again */
	/* VMs, by the bit of their number, for vm_dropped(); then `at` is SCHED_AT_ONCE */
	uint64_t dropped;
	struct books books;
	struct queue timers;
	struct sched_wait waiting; /* the head of the ring: `next` is due first */
	uint8_t id, bit;	   /* its number, and its bit in a mask of CPUs */
	bool resched; /* this CPU is to decide anew, and has not: then `at` is SCHED_AT_ONCE */
	bool yield;   /* `current` is to find another CPU, at once or when move_end has come */
	bool knocked; /* one that waits may be owed this CPU: looked at when stay_end has come */
	/* there was none: until stay_end this CPU hears of those who wait by its timer */
	bool quiet;
} __attribute__((aligned(256))); /* a power of 2: its address is a shift and an addition */

struct sched {
	struct spinlock lock;
	uint64_t now; /* the latest that anything was set at */
	struct queue ready;
	struct vcpu *vcpus, *last_vcpu;
	uint64_t slice, period;	 /* ticks: a time slice, a cap period */
	uint64_t stay;		 /* ticks: at least so long a vCPU has a CPU that it is given */
	uint64_t refresh, slack; /* ticks: see sched_refresh() */
	uint64_t vtime_top;	 /* the largest virtual time that any vCPU has come to */
	uint64_t scale;		 /* virtual time of one tick at weight 1 */
	uint32_t freq, nvcpus;
	uint8_t idle;  /* CPUs that wait for something to run and know of nothing */
	uint8_t alone; /* CPUs that run a vCPU and have no slice timer */
	uint8_t ncpus;
	bool paused;
	struct sched_cpu cpu[SCHED_MAX_CPUS];
};
extern struct sched sched;

/*
 * A CPU by its number. The compiler is not to know that it is a part of `sched`: it would work out
 * the address of each of its fields from there.
 */
static inline struct sched_cpu *sched_cpu(unsigned cpu)
{
	struct sched_cpu *c = &sched.cpu[cpu];

	__asm__("" : "+r"(c));
	return c;
}

/* The lowest CPU of a mask that is not empty; it is taken out of the mask. */
static inline struct sched_cpu *take_cpu(uint8_t *mask)
{
	struct sched_cpu *c = sched_cpu((unsigned)__builtin_ctz(*mask));

	*mask &= (uint8_t)(*mask - 1u);
	return c;
}

static inline enum pvtime_state state_of(const struct vcpu *v)
{
	return (enum pvtime_state)v->time.state;
}

/*
 * What the run queue knows of a vCPU, and of all below it: the CPUs it may run on in bits 0 to 7,
 * its weight's power of two from bit 8 on.
 */
#define WEIGHT_TRAITS 8u

static inline uint32_t weight_trait(uint32_t weight)
{
	return 1u << (WEIGHT_TRAITS + 31u - (unsigned)__builtin_clz(weight));
}

static inline struct vcpu *vcpu_of_ready(struct queue_node *n)
{
	return CONTAINER_OF(n, struct vcpu, sched.ready);
}

static inline struct vcpu *vcpu_of_wait(struct sched_wait *w)
{
	return CONTAINER_OF(w, struct vcpu, sched.wait);
}

/* The vCPU with the least virtual time that waits for this CPU, NULL: none. */
static inline struct vcpu *first_for(const struct sched_cpu *c)
{
	struct queue_node *n = queue_first_allowed(&sched.ready, c->bit);

	return n ? vcpu_of_ready(n) : NULL;
}

/* sched/share.c: virtual time and caps. */

/* Charge a RUNNING vCPU up to now. Any CPU may. */
void sched_charge(struct vcpu *v, uint64_t now);
/* Before it runs from `now` on: its cap period is the one that `now` is in. */
void sched_cap_roll(struct vcpu *v, uint64_t now);
static inline bool sched_is_capped(const struct vcpu *v)
{
	return v->sched.cap_budget != UINT64_MAX;
}
/* It has a cap, and may not run at `now`, as it has used what it may until cap_end. */
bool sched_used_up(struct vcpu *v, uint64_t now);
/* It has used what its cap allows until cap_end. Charged or rolled up to now. */
bool sched_throttled(const struct vcpu *v);
/* When it will be, if it runs on from `now`. UINT64_MAX: never. */
uint64_t sched_cap_deadline(const struct vcpu *v, uint64_t now);
/*
 * The virtual time with which v joins those who compete with it: its own, but not so far behind
 * them that it would make up for time in which it did not want to run (or was throttled); `credit`
 * is how far behind it may be. Charges those who run and may do so where it may.
 */
void sched_join(struct vcpu *v, uint64_t credit, uint64_t now);
/* v waits behind w, or runs after it, for longer than their weights explain. */
bool sched_too_far(const struct vcpu *v, const struct vcpu *w);
/*
 * v and w, of which one runs and the other is in the run queue, are too far apart: forget what no
 * weight explains, see sched/share.c. Keeps the order of all. Keys of queued vCPUs must be looked
 * up anew.
 */
void sched_level(const struct vcpu *v, const struct vcpu *w, uint64_t now);

/* sched/choose.c */

/*
 * Who runs on this CPU next, of the current one, charged up to now, and the first that waits; NULL:
 * nobody.
 */
struct vcpu *sched_choose(const struct sched_cpu *c, uint64_t now);
/* After the choice: set this CPU's deadline. A slice counts only while another wants the CPU. */
void sched_arm(struct sched_cpu *c, uint64_t now);
/* This CPU is to decide anew. */
static inline void sched_look_again(struct sched_cpu *c)
{
	c->resched = true;
	__atomic_store_n(&c->at, SCHED_AT_ONCE, __ATOMIC_RELEASE);
}
/* Its deadline or its alarm has changed: when it is to decide next. */
static inline void sched_set_at(struct sched_cpu *c)
{
	uint64_t at = c->resched || c->dropped ? SCHED_AT_ONCE : min_u64(c->deadline, c->alarm);

	__atomic_store_n(&c->at, at, __ATOMIC_RELAXED);
}

/* w, which waits, is owed clearly more than v, which runs: an eighth of its slice. */
static inline bool sched_owes(const struct vcpu *v, const struct vcpu *w)
{
	return v->sched.ready.key > w->sched.ready.key + w->sched.slice_vtime / 8;
}

/* sched/place.c: which CPU is to look at a vCPU that now waits. */

/*
 * The other CPU decides anew. Where it is this one, the caller lets it, before it gives the lock
 * back (sched/sched.c, unlock()).
 */
void sched_notify(struct sched_cpu *c, struct sched_cpu *other);
/*
 * A woken vCPU need not wait for the end of a slice if it is owed clearly more than the one that
 * runs. Of the CPUs that it may run on, the one whose vCPU has had most, if so; otherwise NULL. v
 * is in no queue.
 */
struct sched_cpu *sched_owed(const struct vcpu *v);
/*
 * v has been put into the run queue; `where` is a CPU that it is owed, as it has woken or lost one
 * before its slice had ended, or NULL.
 */
void sched_place(struct sched_cpu *c, const struct vcpu *v, struct sched_cpu *where);
/*
 * This CPU, which idled and was told of one, has taken another: each CPU that runs a vCPU alone
 * looks at those who still wait.
 */
void sched_tell_alone(struct sched_cpu *c);
/* If a CPU idles that could run a waiting vCPU once others have moved: move them. */
void sched_spread(struct sched_cpu *c);

/* sched/wait.c: timers, and the refresh of those that wait. */

void sched_timer_set(struct sched_cpu *c, struct vcpu *v, uint64_t at);
void sched_timer_cancel(struct vcpu *v);
/* A vCPU whose time has come, no longer in the queue; NULL: none. */
struct vcpu *sched_timer_due(struct sched_cpu *c, uint64_t now);
/* v is READY from now on, or no longer. */
void sched_wait_begin(struct sched_cpu *c, struct vcpu *v, uint64_t now);
void sched_wait_end(struct vcpu *v);
/*
 * Whether one of this CPU's has waited long enough since it was last published; if so, publish all
 * such.
 */
static inline bool sched_refresh_due(const struct sched_cpu *c, uint64_t now)
{
	return c->waiting.next != &c->waiting &&
	       vcpu_of_wait(c->waiting.next)->sched.refresh_at <= now;
}
void sched_refresh(struct sched_cpu *c, uint64_t now);
/* The earliest of this CPU's timers and refreshes; UINT64_MAX: none. */
uint64_t sched_wait_deadline(const struct sched_cpu *c);

#endif
