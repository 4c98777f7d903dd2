/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCHED_SIM_H
#define SCHED_SIM_H

/*
 * A machine for the scheduler's tests: physical CPUs that run the hypervisor's run loop, and vCPUs
 * that compute and sleep, in simulated time. Time moves from event to event, so that nothing
 * depends on the host. After each event, when all interrupts have been taken, sim_check() holds the
 * whole state against what must be true at every instant.
 */
#include "vm.h"

#define SIM_VCPUS 64u

struct sim_vcpu {
	struct pvtime_stolen page;
	uint32_t weight, cap;
	uint8_t affinity;
	uint64_t burst;	    /* ticks it computes before it sleeps; 0: never sleeps */
	uint64_t sleep;	    /* ticks that it sleeps; 0: until sched_wake() */
	uint64_t burst_end; /* of its time running */
	uint64_t ready_since,
		worst_wait; /* the longest it was READY at a stretch since sim_mark() */
	uint64_t mark;	    /* running time at sim_mark() */
};

struct sim_cpu {
	struct vcpu *current, *loaded;
	bool kicked, claiming;
	uint64_t deadline, entries;
	uint64_t began,
		turn;	/* when `current` was given this CPU, and its how-manieth time that is */
	uint64_t moved; /* when last one lost it that had just been given it */
	bool called;	/* this CPU has made a call of its own since */
};

struct sim {
	struct vm vm;
	uint64_t dropped; /* what vm_dropped() was told of */
	uint64_t now, freq, marked_at, ms;
	uint64_t stay;	   /* ticks that a vCPU has a CPU before one that wakes up takes it */
	uint64_t errors;   /* of sim_check(), and */
	const char *error; /* the first one */
	unsigned ncpus, nvcpus;
	/* since when a CPU idles that a waiting vCPU could have; UINT64_MAX: none does */
	uint64_t idle_since;
	uint64_t events, kicks, switches;
	uint64_t latency;	       /* ticks from a deadline to its interrupt */
	uint64_t skew[SCHED_MAX_CPUS]; /* by how much a CPU's clock is behind sim.now */
	struct sim_cpu cpu[SCHED_MAX_CPUS];
	struct vcpu v[SIM_VCPUS];
	struct sim_vcpu vcpu[SIM_VCPUS]; /* what the simulation knows of v[i] */
};
extern struct sim sim;

/* A machine of ncpus CPUs and 62.5 MHz, at some time after its start. */
void sim_init(unsigned ncpus, uint32_t timeslice_us);
/* Another vCPU, which is started at once. affinity 0: all CPUs. Returns its number. */
unsigned sim_add(uint32_t weight, uint32_t cap, uint8_t affinity, uint64_t burst, uint64_t sleep);
/* vCPU i is another VM's than all the rest. */
void sim_set_apart(unsigned i);
/* Microseconds in ticks. */
uint64_t sim_us(uint64_t n);
/* As this_cpu of a call: the call is made by that CPU, whose run loop then goes on. */
unsigned sim_on(unsigned cpu);
/* What that CPU's clock says. */
uint64_t sim_clock(unsigned cpu);
/* All CPUs take the interrupts that are due, until there are none. */
void sim_settle(void);
/* Run for so many ticks. */
void sim_run(uint64_t ticks);
/* Measure from here; the share of a CPU since then, in millionths. */
void sim_mark(void);
double sim_share(unsigned i);
/* Running time of vCPU i up to now, in ticks. */
uint64_t sim_ran(unsigned i);
enum pvtime_state sim_state(unsigned i);
/* Fails, and the first such is what it is told of. */
void sim_error(const char *what);
/* The number of a vCPU; and how long it has been in a state, in ticks. */
unsigned sim_number(const struct vcpu *v);
uint64_t sim_total(unsigned i, enum pvtime_state state);

/* sched_check.c */

/* What must hold when this CPU turns to vCPU `next`, which may be who it has already, or NULL. */
void sim_check_turn(unsigned cpu, const struct vcpu *next);
/* What must hold whenever all interrupts have been taken; counted in sim.errors. */
void sim_check(void);

#endif
