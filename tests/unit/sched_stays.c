/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a vCPU keeps the CPU that it was given, and what those who nap or wake each other all the while get by it: nobody is
 * starved, and nobody's CPU is interrupted at will.
 */
#include "sched_sim.h"
#include "tests/tap.h"

#include <math.h>

#define SLICE_US 4000u

static uint64_t us(uint64_t n)
{
	return n * sim.freq / 1000000;
}

/* vCPU i is another VM's than the rest. */
static void set_apart(unsigned i)
{
	static struct vm other;

	other = sim.vm;
	sim.v[i].vm = &other;
}

/*
 * a and b hand each other a CPU: the one that runs wakes the other, which may run on both CPUs, and sleeps before any other CPU has
 * looked.
 */
static void take_turns(unsigned a, unsigned b)
{
	unsigned from = sim_state(a) == PVTIME_RUNNING ? a : b, to = from == a ? b : a;
	unsigned cpu = sim.v[from].sched.cpu;

	if (sim_state(from) != PVTIME_RUNNING)
		return;
	sched_wake(&sim.v[to], sim_on(cpu), sim.now);
	sched_will_block(&sim.v[from]);
	sched_block(&sim.v[from], sim_on(cpu), sim.now, UINT64_MAX);
}

static double settled_us(unsigned napper)
{
	sim_run(2 * sim.freq);
	sim_mark();
	sim_run(2 * sim.freq);
	if (!tap_ok(!sim.errors, "sound at all %llu events", (unsigned long long)sim.events))
		tap_print("# %llu times; first: %s\n", (unsigned long long)sim.errors, sim.error);
	return (double)sim.vcpu[napper].worst_wait * 1e6 / (double)sim.freq;
}

/* A stay is what a napper waits at most, be it what keeps it from its own CPU, or what keeps one that can move on it. */
static void nappers(void)
{
	double worst;
	unsigned napper;

	for (unsigned weight = 100; weight <= 10000; weight *= 10) {
		sim_init(2, SLICE_US);
		sim_add(100, 0, 0, 0, 0);
		sim_add(100, 0, 1, 0, 0);
		napper = sim_add(weight, 0, 2, us(29), us(30));
		worst = settled_us(napper);
		tap_ok(worst <= 101 && sim_share(napper) > 0.22,
		       "weight %u: a pinned one that naps waits for a stay at most (%.0f us, %.3f)",
		       weight, worst, sim_share(napper));
		tap_ok(sim_share(0) < 1.01 * sim_share(1) && sim_share(1) < 1.01 * sim_share(0),
		       "weight %u: a vCPU that moves for the napper has as much as one that cannot "
		       "(%.3f, %.3f)",
		       weight, sim_share(0), sim_share(1));
	}

	sim_init(2, 1000);
	sim_add(100, 0, 2, 0, 0);
	sim_add(100, 0, 0, us(5), us(61));
	sim_add(100, 0, 1, 0, 0);
	napper = sim_add(992, 0, 2, us(79), us(59));
	worst = settled_us(napper);
	tap_ok(worst <= 101,
	       "one that wakes while the first in the queue waits for another CPU is not forgotten "
	       "(%.0f us)",
	       worst);
}

/* How often a second CPU 1 is interrupted, on which the honest vCPU runs, while two of another VM take turns on CPU 0. */
static uint64_t knocks(unsigned honest, unsigned a, unsigned b)
{
	uint64_t end = sim.now + sim.freq, kicks = sim.kicks;

	for (; sim.now < end; sim_run(us(3)))
		take_turns(a, b);
	tap_ok(sim_state(honest) == PVTIME_RUNNING && sim_share(honest) > 0.999,
	       "the honest one has its CPU");
	return sim.kicks - kicks;
}

static void pests(void)
{
	/* Twice the weight: it owes the others nothing. With the same one they have a claim now and then. */
	for (unsigned weight = 100; weight <= 200; weight += 100) {
		unsigned honest;
		uint64_t n;

		sim_init(2, SLICE_US);
		honest = sim_add(weight, 0, 0, 0, 0);
		set_apart(honest);
		sim_add(100, 0, 0, 0, 0);
		sim_add(100, 0, 0, 0, 0);
		sim_run(20 * sim.ms);
		sim_mark();
		n = knocks(honest, 1, 2);
		tap_ok(n <= 10100,
		       "weight %u: the honest one is interrupted once in a stay at most (%llu a "
		       "second)",
		       weight, (unsigned long long)n);
	}
}

/*
 * a and b, of another VM than the honest vCPU that is pinned to CPU 1, hand each other a CPU again and again. One that is
 * pinned to CPU 0 naps: they may have all the rest of that one. Returns the honest one's share.
 */
static double beside_takers(uint32_t weight, unsigned nap_us, unsigned turn_us)
{
	unsigned honest, a, b;
	uint64_t end;

	sim_init(2, SLICE_US);
	honest = sim_add(100, 0, 2, 0, 0);
	sim_add(100, 0, 1, us(1), us(nap_us));
	a = sim_add(weight, 0, 0, 0, 0);
	b = sim_add(weight, 0, 0, 0, 0);
	set_apart(honest);
	sim_run(sim.freq / 10);
	sim_mark();
	for (end = sim.now + sim.freq; sim.now < end; sim_run(us(turn_us)))
		take_turns(a, b);
	return sim_share(honest);
}

static void takers(void)
{
	double least = 1;

	for (uint32_t weight = 100; weight <= 1000; weight *= 10)
		for (unsigned nap_us = 200; nap_us <= 1500; nap_us += 325)
			for (unsigned turn_us = 20; turn_us <= 90; turn_us += 10)
				least = fmin(least, beside_takers(weight, nap_us, turn_us));
	tap_ok(least > 0.99, "who can move does, however often they take turns (%.3f)", least);
}

/* The honest vCPU may move; a lighter one waits for CPU 0; one that is pinned to CPU 1 sleeps and is awake again at once. */
static void movers(void)
{
	unsigned sleeper;
	uint64_t end, kicks;

	sim_init(2, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	sim_add(1, 0, 1, 0, 0);
	sleeper = sim_add(100, 0, 2, 0, 0);
	set_apart(sleeper);
	sim_run(sim.freq / 2);
	kicks = sim.kicks;
	for (end = sim.now + sim.freq; sim.now < end; sim_run(us(3))) {
		if (sim.cpu[1].current != &sim.v[sleeper] || sim_state(sleeper) != PVTIME_RUNNING)
			continue;
		sched_will_block(&sim.v[sleeper]);
		sched_block(&sim.v[sleeper], sim_on(1), sim.now, UINT64_MAX);
		sched_wake(&sim.v[sleeper], sim_on(1), sim.now);
	}
	tap_ok(sim.kicks - kicks <= 10100 && !sim.errors,
	       "who is to move, and then is not, hears of it once in a stay at most (%llu a "
	       "second)",
	       (unsigned long long)(sim.kicks - kicks));
}

/* No pins. The first is owed a whole CPU; the third naps, and is another VM's. */
static void whole_cpu(void)
{
	sim_init(2, SLICE_US);
	sim_add(300, 0, 0, 0, 0);
	sim_add(100, 0, 0, 0, 0);
	sim_add(100, 0, 0, us(30), us(30));
	sim_add(100, 0, 0, 0, 0);
	set_apart(2);
	sim_run(sim.freq / 2);
	sim_mark();
	sim_run(10 * sim.freq);
	tap_ok(sim_share(0) > 0.99,
	       "one that is owed a whole CPU has it, beside one that naps (%.4f)", sim_share(0));
}

/* Wakes i, as a device of its own would on CPU 0. */
static void wake(unsigned i)
{
	sched_wake(&sim.v[i], sim_on(0), sim.now);
	sim_settle();
}

static bool runs(unsigned i)
{
	return sim_state(i) == PVTIME_RUNNING;
}

/* i and j, which sleep, have run for a moment and sleep again; who had their CPUs has them again, and has just begun a stay. */
static void begin_stays(unsigned i, unsigned j)
{
	sim_run(20 * sim.ms);
	wake(i);
	wake(j);
	sim_run(us(105));
	while (runs(i) || runs(j))
		sim_run(us(1));
}

/* Two compute on each CPU, so that none is alone there. */
static void two_wake(void)
{
	sim_init(2, SLICE_US);
	for (unsigned i = 0; i < 4; i++)
		sim_add(100, 0, (uint8_t)(1u << i % 2), 0, 0);
	for (unsigned i = 4; i < 6; i++)
		set_apart(sim_add(100, 0, 0, us(200), 0));
	begin_stays(4, 5);
	wake(4);
	wake(5);
	tap_ok(!runs(4) && !runs(5), "two that wake within two stays wait");
	sim_run(us(110));
	tap_ok(runs(4) && runs(5), "each of them has a CPU when the stays have ended");
}

/* 0 lets its sibling 2 have its stay. 1, of another VM, was there before, and has had less. */
static void sibling_wakes(void)
{
	sim_init(1, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	set_apart(sim_add(100, 0, 0, us(10), 0));
	sim_add(100, 0, 0, us(50), 0);
	begin_stays(2, 1);
	wake(1);
	tap_ok(runs(0), "one of another VM waits for the end of a stay");
	wake(2);
	tap_ok(runs(1),
	       "who ends its own stay by waking a sibling gives way to whoever comes first");
}

/* 1 sleeps on a CPU that then idles. 2 has been ahead of 0 by far, and sleeps as well. */
static void joins(void)
{
	sim_init(2, SLICE_US);
	sim_add(10000, 0, 0, 0, 0);
	sim_add(100, 0, 2, us(10), 0);
	sim_add(100, 0, 0, us(3000), 0);
	sim_run(20 * sim.ms);
	tap_ok(runs(0) && sim_state(1) == PVTIME_BLOCKED && sim_state(2) == PVTIME_BLOCKED &&
		       sim.v[2].sched.ready.key > sim.v[0].sched.ready.key,
	       "one runs, and one that sleeps has had more");
	wake(1);
	tap_ok(sim.v[1].sched.ready.key <= sim.v[0].sched.ready.key,
	       "who wakes on a CPU of its own is no further than one that may come there");
}

/* 1 may run on CPUs 1 and 2, and 2 on CPU 2 alone, which idles: it is told of 1, and takes 2. */
static void another_taken(void)
{
	sim_init(3, SLICE_US);
	sim_add(100, 0, 2, 0, 0);
	sim_add(100, 0, 6, us(500), 0);
	sim_add(100, 0, 4, us(5000), 0);
	sim_run(100 * sim.ms);
	sched_wake(&sim.v[1], sim_on(0), sim.now);
	sched_wake(&sim.v[2], sim_on(0), sim.now);
	sim_settle();
	tap_ok(runs(2) && runs(1), "who was passed over has the CPU on which one ran alone");
}

int main(void)
{
	nappers();
	pests();
	takers();
	movers();
	whole_cpu();
	two_wake();
	sibling_wakes();
	joins();
	another_taken();
	return tap_done();
}
