/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCHED_IMPL_H
#define SCHED_IMPL_H

/*
 * What the files of the scheduler share. The scheduler's lock guards all of it. The caller of each
 * of these functions holds the lock, except for sched_cpu() and, at boot, sched_look_again(). These
 * are the accesses without the lock:
 *
 *	sched_vcpu.on_cpu	passes a vCPU's registers between CPUs (sched/sched.h)
 *	sched_vcpu.wake_pending	sched_will_block() clears it
 *	the state of a vCPU	sched_wants_cpu() reads it
 *	sched_cpu.at		its CPU reads it; other CPUs set it to SCHED_AT_ONCE under the lock
 *	sched_cpu.current,	their CPU reads them; only this CPU changes them, under the lock
 *	dropped, alarm
 *	sched_cpu.told		only its CPU uses it
 *	books.idle		its CPU writes it, as one word (sched/books.h)
 */
#include "sched/books.h"
#include "sched/sched.h"
#include "spinlock.h"
#include "vcpu.h"

/*
 * A physical CPU. In calls, `c` is the CPU that makes the call; in set_state() for
 * sched_reset_ledger(), it is the CPU in whose waiting list the vCPU stays.
 */
struct sched_cpu {
	struct vcpu *current; /* RUNNING here; changed by this CPU alone */
	/* what sched_next() returned last; only this CPU uses it, without the lock */
	struct vcpu *told;
	uint64_t at; /* the earlier of the next two, or SCHED_AT_ONCE; read without the lock */
	uint64_t deadline;  /* when the scheduler must decide */
	uint64_t alarm;	    /* what sched_set_alarm() has set */
	uint64_t slice_end; /* of `current`; matters while another vCPU waits for this CPU */
	uint64_t stay_end;  /* of `current`: until then no woken vCPU takes this CPU from it */
	uint64_t move_end;  /* until then the vCPU of this CPU is not made to move again */
	/* VMs, by the bit of their number, for vm_dropped(); while not 0, `at` is SCHED_AT_ONCE */
	uint64_t dropped;
	struct books books;
	struct queue timers;
	struct sched_wait waiting; /* the head of the ring: `next` is due first */
	uint8_t id, bit;	   /* its number, and its bit in a mask of CPUs */
	bool resched; /* this CPU must decide again; while set, `at` is SCHED_AT_ONCE */
	bool yield;   /* `current` gives way and finds another CPU, at once or at move_end */
	bool knocked; /* a waiting vCPU may be owed this CPU: decided at stay_end */
	/*
	 * The last knock changed nothing. Until stay_end this CPU is not in `alone`, so no vCPU
	 * that begins to wait kicks it, unless that vCPU is owed this CPU. At stay_end its timer
	 * fires, and it looks at the run queue.
	 */
	bool quiet;
} __attribute__((aligned(256))); /* a power of 2: its address is a shift and an addition */

struct sched {
	struct spinlock lock;
	uint64_t now; /* the latest `now` of all calls */
	struct queue ready;
	struct vcpu *vcpus, *last_vcpu;
	uint64_t slice, period; /* ticks: a time slice, a cap period */
	uint64_t stay; /* ticks: how long a vCPU keeps a CPU before a woken one may take it */
	uint64_t refresh, slack; /* ticks: see sched_refresh() */
	uint64_t vtime_top;	 /* the largest virtual time that any vCPU has reached */
	uint64_t scale;		 /* virtual time of one tick at weight 1 */
	uint32_t freq, nvcpus;
	uint8_t idle;  /* CPUs that have nothing to run and have not been told of a waiting vCPU */
	uint8_t alone; /* CPUs that run a vCPU and have no slice timer */
	uint8_t ncpus;
	bool paused;
	struct sched_cpu cpu[SCHED_MAX_CPUS];
};
extern struct sched sched;

/*
 * A CPU by its number. The asm hides from the compiler that the CPU is a part of `sched`. Otherwise
 * the compiler would compute the address of each field from the start of `sched`.
 */
static inline struct sched_cpu *sched_cpu(unsigned cpu)
{
	struct sched_cpu *c = &sched.cpu[cpu];

	__asm__("" : "+r"(c));
	return c;
}

/* Take the lowest CPU out of a mask that is not empty. */
static inline struct sched_cpu *take_cpu(uint8_t *mask)
{
	struct sched_cpu *c = sched_cpu((unsigned)__builtin_ctz(*mask));

	*mask &= (uint8_t)(*mask - 1u);
	return c;
}

static inline enum pvtime_state state_of(const struct vcpu *v)
{
	return pvtime_get_state(&v->time);
}

/*
 * The traits of a vCPU in the run queue, of which the queue keeps the union for each subtree: bits
 * 0 to 7 are the CPUs that it may run on; from bit 8 on, its weight's power of two.
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

/* The vCPU with the least virtual time that waits for this CPU; NULL: none. */
static inline struct vcpu *first_for(const struct sched_cpu *c)
{
	struct queue_node *n = queue_first_allowed(&sched.ready, c->bit);

	return n ? vcpu_of_ready(n) : NULL;
}

/* sched/share.c: virtual time and caps. */

/* Charge a RUNNING vCPU up to `now`. Any CPU may call it. */
void sched_charge_share(struct vcpu *v, uint64_t now);
/* Called before v runs from `now` on: brings its cap period up to the period of `now`. */
void sched_cap_roll(struct vcpu *v, uint64_t now);
static inline bool sched_is_capped(const struct vcpu *v)
{
	return v->sched.cap_budget != UINT64_MAX;
}
/* v has a cap. Whether it has used up what it may run until cap_end, and may not run at `now`. */
bool sched_used_up(struct vcpu *v, uint64_t now);
/* Whether v has used up what its cap allows until cap_end. v is charged or rolled up to now. */
bool sched_throttled(const struct vcpu *v);
/* When it will have used that up, if it runs on from `now`. UINT64_MAX: never. */
uint64_t sched_cap_deadline(const struct vcpu *v, uint64_t now);
/*
 * Set the virtual time with which v joins the vCPUs that it competes with: its own, but at most
 * `credit` behind theirs. So v does not make up for time in which it did not want to run, or was
 * throttled. Charges the running vCPUs that it competes with.
 */
void sched_join(struct vcpu *v, uint64_t credit, uint64_t now);
/* The virtual times of v and w are further apart than their weights explain. */
bool sched_too_far(const struct vcpu *v, const struct vcpu *w);
/*
 * v and w are too far apart; one of them runs, the other is in the run queue. Forget what no weight
 * explains, see sched/share.c. Keeps the order of all vCPUs. Keys of queued vCPUs must be looked up
 * again afterwards.
 */
void sched_level(const struct vcpu *v, const struct vcpu *w, uint64_t now);

/* sched/choose.c */

/*
 * The vCPU that this CPU runs next: the current one, charged up to now, or the first that waits;
 * NULL: none.
 */
struct vcpu *sched_choose(const struct sched_cpu *c, uint64_t now);
/*
 * After the choice: set this CPU's deadline. The end of a slice counts only while another vCPU
 * wants the CPU.
 */
void sched_arm(struct sched_cpu *c, uint64_t now);
/* This CPU must decide again. */
static inline void sched_look_again(struct sched_cpu *c)
{
	c->resched = true;
	__atomic_store_n(&c->at, SCHED_AT_ONCE, __ATOMIC_RELEASE);
}
/* Its deadline or its alarm has changed: set `at`, when it must decide next. */
static inline void sched_set_at(struct sched_cpu *c)
{
	uint64_t at = c->resched || c->dropped ? SCHED_AT_ONCE : min_u64(c->deadline, c->alarm);

	__atomic_store_n(&c->at, at, __ATOMIC_RELAXED);
}

/*
 * Whether w, which waits, is behind v, which runs, by more than an eighth of w's slice. Then v's
 * CPU owes w the CPU.
 */
static inline bool sched_is_behind(const struct vcpu *w, const struct vcpu *v)
{
	return v->sched.ready.key > w->sched.ready.key + w->sched.slice_vtime / 8;
}

/* sched/place.c: which CPU is notified of a waiting vCPU. */

/*
 * Make the other CPU decide again. If it is this CPU, the caller decides before it releases the
 * lock (sched/sched.c, decide_and_unlock()).
 */
void sched_notify(struct sched_cpu *c, struct sched_cpu *other);
/*
 * The CPU that v may take before a slice ends: of the CPUs that owe v (sched_is_behind()), and that
 * v may run on, the CPU whose vCPU has the largest virtual time; NULL: none. A CPU that was told of
 * another vCPU, and owes it, does not count. v is in no queue.
 */
struct sched_cpu *sched_cpu_that_owes(const struct vcpu *v);
/*
 * v has been put into the run queue. `where` is a CPU that v is owed, because v has woken up or has
 * lost a CPU before its slice ended; or NULL.
 */
void sched_place(struct sched_cpu *c, const struct vcpu *v, struct sched_cpu *where);
/*
 * This CPU idled, was told of a waiting vCPU, and has taken another. Tells each CPU that runs a
 * vCPU alone of those that still wait.
 */
void sched_tell_alone(struct sched_cpu *c);
/* If a CPU idles that could run a waiting vCPU once other vCPUs have moved, make them move. */
void sched_spread(struct sched_cpu *c);

/* sched/wait.c: timers, and the refresh of waiting vCPUs. */

void sched_timer_set(struct sched_cpu *c, struct vcpu *v, uint64_t at);
void sched_timer_cancel(struct vcpu *v);
/* Take a vCPU whose time has come out of the timer queue; NULL: none. */
struct vcpu *sched_timer_due(struct sched_cpu *c, uint64_t now);
/* The begin and the end of v's wait in READY. */
void sched_wait_begin(struct sched_cpu *c, struct vcpu *v, uint64_t now);
void sched_wait_end(struct vcpu *v);
/*
 * Whether a vCPU that waits on this CPU has waited long enough since it was last published. If so,
 * sched_refresh() publishes all such vCPUs.
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
