/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCHED_H
#define SCHED_H

/*
 * The scheduler: preemptive proportional share over all physical CPUs, with weights, caps and
 * pinning.
 *
 * One lock, one run queue ordered by virtual time, so that shares are fair across CPUs and no CPU
 * idles while a vCPU that may run on it waits. All times are counter ticks (CNTPCT_EL0); `now`
 * never goes backwards on one CPU, and may be a little older than what another CPU has read:
 * nothing is set at an earlier time than what was set before it. The scheduler reads no clock and
 * touches no hardware: it is compiled for the host as it is, against a seam of one function,
 * cpu_kick().
 *
 * A vCPU's registers and a CPU. `on_cpu` says that a vCPU's registers are, or are about to be, in
 * some CPU. The scheduler may hand a vCPU to one CPU while the CPU it ran on before still holds its
 * registers; the run loop sorts that out, outside of every lock:
 *
 *	v = sched_next(cpu, now);
 *	if (v != loaded) {
 *		if (loaded) {
 *			vcpu_put(loaded);		save its registers
 *			sched_release(&loaded->sched);	now another CPU may load them
 *		}
 *		if (v) {
 *			sched_claim(&v->sched);		wait for its old CPU to have done the same
 *			vcpu_load(v);
 *		}
 *		loaded = v;
 *	}
 *
 * A CPU gives back what it holds before it waits, and what it waits for is never current on the CPU
 * that holds it, so that this CPU is on its way to sched_release(): no cycle of waiting can close.
 * At most one CPU claims a vCPU at a time, since it is RUNNING on one.
 */
#include "sched/books.h"
#include "sched/queue.h"
#include "spinlock.h"
#include "types.h"
#include "pvtime/host.h"

struct vcpu;
struct vm;

#define SCHED_MAX_CPUS 8u

/* A ring of those that wait, and its head. */
struct sched_wait {
	struct sched_wait *prev, *next;
};

/* The scheduler's part of a vCPU. Everything is guarded by the scheduler's lock, but `on_cpu`. */
struct sched_vcpu {
	/*
	 * In the run queue while READY and not throttled. Key: virtual time, that is time used over
	 * weight, in units of 2^-34 s at weight 1.
	 */
	struct queue_node ready;
	struct queue_node timer; /* in `home`'s timer queue: throttled until, or asleep until */
	struct sched_wait wait;	 /* in `home`'s list of READY vCPUs, by the next refresh */
	uint64_t refresh_at;
	uint64_t run_since;   /* up to when it has been charged, while RUNNING */
	uint64_t slice_vtime; /* what one time slice costs it */
	uint64_t owed;	      /* a debt in virtual time that it sleeps on, see sched.c */
	uint64_t cap_budget;  /* ticks it may run in each cap period; UINT64_MAX: no cap */
	uint64_t cap_end;     /* of the current cap period */
	uint64_t cap_used;    /* ticks run in it, and what is owed from before */
	uint64_t switches;    /* times it was given a CPU */
	struct vcpu *next;    /* all vCPUs, in the order of sched_add() */
	uint32_t weight;      /* 1 to 10000 */
	uint32_t vtime_rest;  /* of the division by the weight: below `weight` */
	uint8_t affinity;     /* the CPUs it may run on; also in ready.traits */
	uint8_t cpu;	      /* where it runs or ran last */
	uint8_t home;	      /* the CPU in whose timer queue and waiting list it is */
	bool wake_pending;    /* a wake-up came while it was not BLOCKED */
	bool stop_pending;    /* RUNNING, and is to be OFF as soon as its CPU decides */
	bool on_cpu;	      /* see above: sched_claim(), sched_release() */
	/* Ticks of its ledger before the last reset, by state. */
	uint64_t past[PVTIME_STATES];
};

/* Start with no vCPUs on `ncpus` CPUs (1 to 8). Caller: the boot CPU, before any other is started.
 */
void sched_init(unsigned ncpus, uint32_t cntfrq_hz, uint32_t timeslice_us, uint64_t now);

/*
 * Add a vCPU in state OFF and start its ledger, in its VM's dialect, at `now`; its structure is
 * mapped after this. weight: 1 to 10000; cap: 1 to 100, or 0 for none; affinity: at least one
 * existing CPU.
 */
void sched_add(struct vcpu *v, uint32_t weight, uint32_t cap, uint8_t affinity, uint64_t now);

/* OFF -> READY (the first vCPU of a VM, or CPU_ON). False: it was not OFF. */
bool sched_start(struct vcpu *v, unsigned this_cpu, uint64_t now);
/* Any state -> OFF; where it runs on another CPU, that CPU is kicked and does it: poll
 * sched_is_off(). */
void sched_stop(struct vcpu *v, unsigned this_cpu, uint64_t now);
/* OFF, and no CPU holds its registers any more. */
bool sched_is_off(struct vcpu *v);

/*
 * A vCPU that is about to wait: forget wake-ups that came before. To lose none and to see no stale
 * one: sched_will_block(); is an interrupt pending? if not, sched_block().
 */
void sched_will_block(struct vcpu *v);
/*
 * The current vCPU of this CPU waits by its own will (WFI, CPU_SUSPEND) until sched_wake() or the
 * tick `wake_at` (UINT64_MAX: none). Returns false, with nothing changed, where a wake-up has
 * already come or the tick has passed, or where it has been stopped or moved to another CPU in this
 * very trap. After true, sched_next() comes before anything else.
 */
bool sched_block(struct vcpu *v, unsigned this_cpu, uint64_t now, uint64_t wake_at);
/*
 * Something came for the vCPU: BLOCKED -> READY. If it is owed this CPU, and the one that runs has
 * had its stay or is of the same VM, it has it: the one that ran is READY from then on, and this
 * CPU still has its registers until it comes to sched_next(). RUNNING on another CPU: that CPU is
 * kicked, so that it leaves the guest and sees; RUNNING or READY: remembered for the next
 * sched_block(). OFF, PAUSED: nothing.
 */
void sched_wake(struct vcpu *v, unsigned this_cpu, uint64_t now);

/*
 * Which vCPU this CPU runs from now on, in state RUNNING, with its structure published;
 * NULL: idle. Called before every guest entry and when idle. Two comparisons where nothing has
 * changed. Does all that is due at `now`: wakes sleepers, releases the throttled, refreshes the
 * waiting, ends a slice.
 */
struct vcpu *sched_next(unsigned this_cpu, uint64_t now);
/*
 * When this CPU wants its timer (EL2 physical) to fire next; UINT64_MAX: never; SCHED_AT_ONCE: not
 * at all, there is something to do again. After sched_next(). Any call between that and the guest
 * entry (or WFI) may change it, without an interrupt where this CPU made the call itself: so it is
 * asked right before, and answered by going back to sched_next().
 */
#define SCHED_AT_ONCE 0
uint64_t sched_deadline(unsigned this_cpu);
/* One more reason for this CPU's timer, for telemetry and the lab's end. UINT64_MAX: none. */
void sched_set_alarm(unsigned this_cpu, uint64_t at);
/* Whether the alarm of this CPU has come; if so it is off until it is set again. */
bool sched_alarm_due(unsigned this_cpu, uint64_t now);

/*
 * The ledger of v at one instant, for reports: a copy of its accounting, taken under the lock, and
 * what is kept beside it.
 */
struct sched_ledger {
	struct pvtime_vcpu time;
	uint64_t past[PVTIME_STATES], switches;
};
void sched_ledger(struct vcpu *v, struct sched_ledger *copy);
/*
 * This CPU is about to wait in WFI, and has woken up from it. In between it calls nothing of the
 * scheduler.
 */
void sched_idle_begin(unsigned this_cpu, uint64_t now);
void sched_idle_end(unsigned this_cpu, uint64_t now);
/* Where a CPU's time went; any CPU may ask. */
struct books sched_books(unsigned cpu);
/*
 * VM reset: the ledger of v afresh from `now`, published; a vCPU keeps the state it is in.
 * What it had is its past.
 */
void sched_reset_ledger(struct vcpu *v, uint64_t now);
/* READY or RUNNING, or has just been: without the lock, so that it may be another by now. */
bool sched_wants_cpu(const struct vcpu *v);
/* Whether any vCPU of the VM runs, is ready, or sleeps with an end: if not, only sched_wake()
 * helps. */
bool sched_vm_can_run(struct vm *vm);

/*
 * The end of the lab: every vCPU that is not RUNNING is PAUSED at once, a RUNNING one when its CPU
 * comes to sched_next(); each is published. What would become READY from now on is PAUSED instead.
 */
void sched_pause_all(unsigned this_cpu, uint64_t now);
/* No vCPU is in any other state than PAUSED or OFF. */
bool sched_all_paused(void);

/*
 * A seam: of each of these VMs (by the bit of its number) a vCPU was stopped that had been given a
 * CPU and was not loaded yet: it is OFF, and no CPU will leave it. Called by sched_next(), without
 * the lock.
 */
void vm_dropped(uint64_t vms);
/*
 * The seam: interrupt physical CPU `cpu`, never the caller's own, so that it leaves its guest or
 * its WFI and comes to sched_next(). Called with the scheduler's lock held. What was stored before
 * must be visible to the CPU that takes the interrupt (DSB ISHST before the SGI).
 */
void cpu_kick(unsigned cpu);

/* The run loop's side of `on_cpu`; see the top of this file. */
static inline void sched_release(struct sched_vcpu *s)
{
	__atomic_store_n(&s->on_cpu, false, __ATOMIC_RELEASE);
}

static inline void sched_claim(struct sched_vcpu *s)
{
	while (__atomic_load_n(&s->on_cpu, __ATOMIC_ACQUIRE))
		spin_wait();
	__atomic_store_n(&s->on_cpu, true, __ATOMIC_RELAXED);
}

#endif
