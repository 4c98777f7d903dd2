/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCHED_H
#define SCHED_H

/*
 * The scheduler: preemptive proportional share over all physical CPUs, with weights, caps and
 * pinning.
 *
 * One lock, and one run queue ordered by virtual time: shares are fair across CPUs, and no CPU
 * idles while a vCPU that may run on it waits. All times are counter ticks (CNTPCT_EL0). `now`
 * never goes backwards on one CPU, and may be a little older than what another CPU has read; still,
 * no change is made at an earlier time than the change before it. The scheduler reads no clock and
 * touches no hardware. The host's tests compile it as it is, against the seams cpu_kick() and
 * vm_dropped().
 *
 * A vCPU's registers and a CPU. `on_cpu` says that some CPU holds a vCPU's registers, or is about
 * to. The scheduler may give a vCPU to one CPU while the CPU that it ran on before still holds its
 * registers. The run loop sorts that out, outside of every lock:
 *
 *	v = sched_next(cpu, now);
 *	if (v != loaded) {
 *		if (loaded) {
 *			vcpu_put(loaded);		save its registers
 *			sched_release(&loaded->sched);	now another CPU may load them
 *		}
 *		if (v) {
 *			sched_claim(&v->sched);		wait until its old CPU has done the same
 *			vcpu_load(v);
 *		}
 *		loaded = v;
 *	}
 *
 * A CPU gives back the registers that it holds before it waits. The vCPU that it waits for is not
 * current on the CPU that holds it, so that CPU is on its way to sched_release(): CPUs cannot wait
 * for each other in a cycle. At most one CPU claims a vCPU at a time, because the vCPU is RUNNING
 * on one.
 */
#include "sched/books.h"
#include "sched/queue.h"
#include "spinlock.h"
#include "types.h"
#include "pvtime/ledger.h"

struct vcpu;
struct vm;

#define SCHED_MAX_CPUS 8u

/* A ring of waiting vCPUs, and its head. */
struct sched_wait {
	struct sched_wait *prev, *next;
};

/*
 * The scheduler's part of a vCPU. The scheduler's lock guards it; sched/impl.h has the exceptions.
 */
struct sched_vcpu {
	/*
	 * In the run queue while READY and not throttled. Key: virtual time, that is time used
	 * divided by weight, in units of 2^-34 s at weight 1.
	 */
	struct queue_node ready;
	struct queue_node timer; /* in `home`'s timer queue: until when it is throttled or asleep */
	struct sched_wait wait;	 /* in `home`'s list of READY vCPUs, by the next refresh */
	uint64_t refresh_at;
	uint64_t run_since;   /* while RUNNING: up to when it has been charged */
	uint64_t slice_vtime; /* what one time slice costs it, in virtual time */
	uint64_t debt;	      /* how far it was behind when it fell asleep: sched.c */
	uint64_t cap_budget;  /* ticks it may run in each cap period; UINT64_MAX: no cap */
	uint64_t cap_end;     /* of the current cap period */
	uint64_t cap_used;    /* ticks run in it, and the excess of earlier periods */
	uint64_t switches;    /* times it was given a CPU */
	struct vcpu *next;    /* all vCPUs, in the order of sched_add() */
	uint32_t weight;      /* 1 to 10000 */
	uint32_t vtime_rest;  /* remainder of the division by the weight: below `weight` */
	uint8_t affinity;     /* the CPUs it may run on; also in ready.traits */
	uint8_t cpu;	      /* where it runs or ran last */
	uint8_t home;	      /* the CPU in whose timer queue and waiting list it is */
	bool wake_pending;    /* a wake-up came while it was not BLOCKED */
	bool stop_pending;    /* RUNNING, and OFF as soon as its CPU decides */
	bool on_cpu;	      /* see above: sched_claim(), sched_release() */
	/* Ticks of its ledgers before the last reset, by state. */
	uint64_t past[PVTIME_STATES];
};

/*
 * Start without vCPUs on `ncpus` CPUs (1 to 8). The boot CPU calls it before it starts the others.
 */
void sched_init(unsigned ncpus, uint32_t cntfrq_hz, uint32_t timeslice_us, uint64_t now);

/*
 * Add a vCPU in state OFF and start its ledger, in its VM's dialect, at `now`. Its structure is
 * mapped after this. weight: 1 to 10000; cap: 1 to 100, or 0 for none; affinity: at least one
 * existing CPU.
 */
void sched_add(struct vcpu *v, uint32_t weight, uint32_t cap, uint8_t affinity, uint64_t now);

/* OFF -> READY (the first vCPU of a VM, or CPU_ON). False: it was not OFF. */
bool sched_start(struct vcpu *v, unsigned this_cpu, uint64_t now);
/*
 * Any state -> OFF. If v runs on another CPU, that CPU is kicked and does it: poll sched_is_off().
 */
void sched_stop(struct vcpu *v, unsigned this_cpu, uint64_t now);
/* v is OFF, and no CPU holds its registers any more. */
bool sched_is_off(struct vcpu *v);

/*
 * v is about to wait: forget wake-ups that came before. This order loses no wake-up and sees no
 * stale one: call sched_will_block(), check whether an interrupt is pending, and if not, call
 * sched_block().
 */
void sched_will_block(struct vcpu *v);
/*
 * v, the current vCPU of this CPU, waits of its own accord (WFI, CPU_SUSPEND) until sched_wake() or
 * the tick `wake_at` (UINT64_MAX: none). Returns false, and changes nothing, if a wake-up has
 * already come, the tick has passed, or v has been stopped or moved to another CPU in this very
 * trap. After true, the caller calls sched_next() before anything else.
 */
bool sched_block(struct vcpu *v, unsigned this_cpu, uint64_t now, uint64_t wake_at);
/*
 * An event has come for v: BLOCKED -> READY. If v is owed this CPU, and the vCPU that runs has had
 * its stay or is of the same VM, v takes the CPU. The vCPU that ran is READY from then on, and this
 * CPU still has its registers until it comes to sched_next(). If v is RUNNING on another CPU, that
 * CPU is kicked, so that it leaves the guest and looks. If v is RUNNING or READY, the wake-up is
 * remembered for the next sched_block(). If v is OFF or PAUSED, nothing happens.
 */
void sched_wake(struct vcpu *v, unsigned this_cpu, uint64_t now);

/*
 * The vCPU that this CPU runs from now on: RUNNING, with its structure published. NULL:
 * idle. Called before every guest entry and when idle. Costs two comparisons if nothing has
 * changed. Does all that is due at `now`: wakes sleepers, releases throttled vCPUs, refreshes
 * waiting vCPUs, ends a slice.
 */
struct vcpu *sched_next(unsigned this_cpu, uint64_t now);
/*
 * When this CPU's timer (EL2 physical) must fire next. UINT64_MAX: never. SCHED_AT_ONCE: do not
 * wait for it, the scheduler must decide again. Any call of the scheduler after sched_next() may
 * change the result, without an interrupt if this CPU made the call itself. So ask right before the
 * guest entry (or WFI), and on SCHED_AT_ONCE go back to sched_next().
 */
#define SCHED_AT_ONCE 0
uint64_t sched_deadline(unsigned this_cpu);
/* One more reason for this CPU's timer, for samples and the lab's end. UINT64_MAX: none. */
void sched_set_alarm(unsigned this_cpu, uint64_t at);
/* Whether the alarm of this CPU has come; if so, it is off until it is set again. */
bool sched_alarm_due(unsigned this_cpu, uint64_t now);

/*
 * The ledger of v at one instant, for reports: a copy of its accounting, and of the fields beside
 * it, taken under the lock.
 */
struct sched_ledger {
	struct pvtime_vcpu time;
	uint64_t past[PVTIME_STATES], switches;
};
void sched_ledger(struct vcpu *v, struct sched_ledger *copy);
/*
 * This CPU is about to wait in WFI; and has woken up from it. In between it calls no other function
 * of the scheduler.
 */
void sched_idle_begin(unsigned this_cpu, uint64_t now);
void sched_idle_end(unsigned this_cpu, uint64_t now);
/* Where a CPU's time went. Any CPU may call it. */
struct books sched_books(unsigned cpu);
/*
 * VM reset: the ledger of v begins afresh at `now` and is published; v keeps its state. The
 * old ledger is added to its past.
 */
void sched_reset_ledger(struct vcpu *v, uint64_t now);
/* READY or RUNNING. Read without the lock: v may be in another state by now. */
bool sched_wants_cpu(const struct vcpu *v);
/*
 * Whether any vCPU of the VM runs, is READY, or sleeps until a timer. If not, only sched_wake() can
 * make one run.
 */
bool sched_vm_can_run(struct vm *vm);

/*
 * The end of the lab. Every vCPU that is not RUNNING is PAUSED at once, a RUNNING one when its CPU
 * comes to sched_next(). Each is published. From now on, a vCPU that would become READY is PAUSED
 * instead.
 */
void sched_pause_all(unsigned this_cpu, uint64_t now);
/* Every vCPU is PAUSED or OFF. */
bool sched_all_paused(void);

/*
 * A seam. Of each VM in `vms` (by the bit of its number), a vCPU was stopped that had been given a
 * CPU and was not loaded yet. It is OFF, and no CPU will call vm_left_cpu() for it. sched_next()
 * calls this, without the lock.
 */
void vm_dropped(uint64_t vms);
/*
 * A seam: interrupt physical CPU `cpu`, never the caller's own, so that it leaves its guest or its
 * WFI and comes to sched_next(). The scheduler calls it with its lock held. All earlier stores must
 * be visible to the CPU that takes the interrupt (DSB ISHST before the SGI).
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
