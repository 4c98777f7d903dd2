/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCHED_SIM_H
#define SCHED_SIM_H

/*
 * A machine for the scheduler's tests: physical CPUs that run the hypervisor's run loop, and vCPUs
 * that compute and sleep, in simulated time. Time moves from event to event, so that nothing
 * depends on the host. After each event, when all interrupts have been taken, sim_check() checks
 * the invariants of the whole state.
 */
#include "vm.h"

#define SIM_VCPUS 64u

struct sim_vcpu {
	struct pvtime_stolen page;
	uint32_t weight, cap;
	uint8_t affinity;
	uint64_t burst;	    /* ticks it computes before it sleeps; 0: never sleeps */
	uint64_t sleep;	    /* ticks that it sleeps; 0: until sched_wake() */
	uint64_t burst_end; /* the RUNNING time at which the burst ends */
	uint64_t ready_since,
		worst_wait; /* the longest it was READY at a stretch since sim_mark() */
	uint64_t mark;	    /* running time at sim_mark() */
};

struct sim_cpu {
	struct vcpu *current, *loaded;
	bool kicked, claiming;
	uint64_t deadline, entries;
	uint64_t began, turn; /* when `current` was given this CPU, and its `switches` then */
	uint64_t moved;	      /* when a vCPU last lost this CPU before its stay had ended */
	bool called;	      /* this CPU has made a call of its own since */
};

struct sim {
	struct vm vm;
	uint64_t dropped; /* the argument of vm_dropped(), of all calls */
	uint64_t now, freq, marked_at, ms;
	uint64_t stay;	   /* ticks of a stay, in which a woken vCPU cannot preempt */
	uint64_t errors;   /* how often an invariant was violated */
	const char *error; /* the first violated invariant */
	unsigned ncpus, nvcpus;
	/* since when a CPU idles although a waiting vCPU could have it; UINT64_MAX: no CPU does */
	uint64_t idle_since;
	uint64_t events, kicks, switches;
	uint64_t latency;	       /* ticks from a deadline to its interrupt */
	uint64_t skew[SCHED_MAX_CPUS]; /* by how much a CPU's clock is behind sim.now */
	struct sim_cpu cpu[SCHED_MAX_CPUS];
	struct vcpu v[SIM_VCPUS];
	struct sim_vcpu vcpu[SIM_VCPUS]; /* the simulation's own state of v[i] */
};
extern struct sim sim;

/* Set up a machine of `ncpus` CPUs with a counter of 62.5 MHz, some time after its start. */
void sim_init(unsigned ncpus, uint32_t timeslice_us);
/* Add a vCPU and start it. affinity 0: all CPUs. Returns its number. */
unsigned sim_add(uint32_t weight, uint32_t cap, uint8_t affinity, uint64_t burst, uint64_t sleep);
/* Move vCPU i to a VM of its own. */
void sim_set_apart(unsigned i);
/* Microseconds in ticks. */
uint64_t sim_us(uint64_t n);
/* For the this_cpu of a call: that CPU makes the call, and its run loop runs next. */
unsigned sim_on(unsigned cpu);
/* The time on the clock of that CPU. */
uint64_t sim_clock(unsigned cpu);
/* Let all CPUs take the interrupts that are due, until none is left. */
void sim_settle(void);
/* Run the machine for `ticks` ticks. */
void sim_run(uint64_t ticks);
/* Begin to measure; the share of one CPU that vCPU i has had since then, 0 to 1. */
void sim_mark(void);
double sim_share(unsigned i);
/* Running time of vCPU i up to now, in ticks. */
uint64_t sim_ran(unsigned i);
enum pvtime_state sim_state(unsigned i);
/* Count a violated invariant; sim.error keeps the first. */
void sim_error(const char *what);
/* The number of a vCPU; and how long it has been in a state, in ticks. */
unsigned sim_number(const struct vcpu *v);
uint64_t sim_total(unsigned i, enum pvtime_state state);

/* check.c */

/* Check that this CPU may switch to vCPU `next`, which may be its current one, or NULL. */
void sim_check_turn(unsigned cpu, const struct vcpu *next);
/* Check the invariants, once all interrupts have been taken; sim.errors counts the violations. */
void sim_check(void);

#endif
