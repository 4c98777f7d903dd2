/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a vCPU keeps the CPU that it was given, and what vCPUs gain by napping or by waking each
 * other all the time: no vCPU starves, and no vCPU can interrupt another's CPU at will.
 */
#include "tests/unit/sched/sim.h"
#include "tests/tap.h"

#include <math.h>

#define SLICE_US 4000u

/*
 * vCPUs a and b take turns on a CPU: the running one wakes the sleeping one, which may run on both
 * CPUs, and blocks before any other CPU has looked.
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
	if (!tap_ok(!sim.errors,
		    "beside a vCPU that naps, the scheduler's invariants hold at all %llu events",
		    (unsigned long long)sim.events))
		tap_print("# %llu times; first: %s\n", (unsigned long long)sim.errors, sim.error);
	return (double)sim.vcpu[napper].worst_wait * 1e6 / (double)sim.freq;
}

/*
 * A napper waits for one stay at most: the stay of the vCPU on the napper's CPU, or a stay on the
 * other CPU, which keeps a vCPU that can move on the napper's.
 */
static void nappers(void)
{
	double worst;
	unsigned napper;

	for (unsigned weight = 100; weight <= 10000; weight *= 10) {
		sim_init(2, SLICE_US);
		sim_add(100, 0, 0, 0, 0);
		sim_add(100, 0, 1, 0, 0);
		napper = sim_add(weight, 0, 2, sim_us(29), sim_us(30));
		worst = settled_us(napper);
		tap_ok(worst <= 101 && sim_share(napper) > 0.22,
		       "weight %u: a pinned vCPU that naps waits for one stay at most (%.0f us), and gets its share (%.3f)",
		       weight, worst, sim_share(napper));
		tap_ok(sim_share(0) < 1.01 * sim_share(1) && sim_share(1) < 1.01 * sim_share(0),
		       "weight %u: the vCPU that moves for the napper gets as much as the pinned one (%.3f, %.3f)",
		       weight, sim_share(0), sim_share(1));
	}

	sim_init(2, 1000);
	sim_add(100, 0, 2, 0, 0);
	sim_add(100, 0, 0, sim_us(5), sim_us(61));
	sim_add(100, 0, 1, 0, 0);
	napper = sim_add(992, 0, 2, sim_us(79), sim_us(59));
	worst = settled_us(napper);
	tap_ok(worst <= 101,
	       "a vCPU that wakes while the first in the queue waits for another CPU waits for one stay at most (%.0f us)",
	       worst);
}

/*
 * The number of kicks in one second in which the honest vCPU runs on CPU 1, and two vCPUs of
 * another VM take turns on CPU 0.
 */
static uint64_t knocks(unsigned honest, unsigned a, unsigned b)
{
	uint64_t end = sim.now + sim.freq, kicks = sim.kicks;

	for (; sim.now < end; sim_run(sim_us(3)))
		take_turns(a, b);
	tap_ok(sim_state(honest) == PVTIME_RUNNING && sim_share(honest) > 0.999,
	       "an honest vCPU keeps its CPU while two vCPUs of another VM take turns");
	return sim.kicks - kicks;
}

static void pests(void)
{
	/*
	 * An honest vCPU of twice the weight owes the others nothing. At the same weight, the
	 * others are owed its CPU now and then.
	 */
	for (unsigned weight = 100; weight <= 200; weight += 100) {
		unsigned honest;
		uint64_t n;

		sim_init(2, SLICE_US);
		honest = sim_add(weight, 0, 0, 0, 0);
		sim_set_apart(honest);
		sim_add(100, 0, 0, 0, 0);
		sim_add(100, 0, 0, 0, 0);
		sim_run(20 * sim.ms);
		sim_mark();
		n = knocks(honest, 1, 2);
		tap_ok(n <= 10100,
		       "weight %u: an honest vCPU is interrupted once in a stay at most (%llu kicks a second)",
		       weight, (unsigned long long)n);
	}
}

/*
 * vCPUs a and b, of another VM than the honest vCPU that is pinned to CPU 1, take turns again and
 * again. A vCPU that is pinned to CPU 0 naps: a and b may have all the rest of CPU 0. Returns the
 * honest vCPU's share.
 */
static double beside_takers(uint32_t weight, unsigned nap_us, unsigned turn_us)
{
	unsigned honest, a, b;
	uint64_t end;

	sim_init(2, SLICE_US);
	honest = sim_add(100, 0, 2, 0, 0);
	sim_add(100, 0, 1, sim_us(1), sim_us(nap_us));
	a = sim_add(weight, 0, 0, 0, 0);
	b = sim_add(weight, 0, 0, 0, 0);
	sim_set_apart(honest);
	sim_run(sim.freq / 10);
	sim_mark();
	for (end = sim.now + sim.freq; sim.now < end; sim_run(sim_us(turn_us)))
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
	tap_ok(least > 0.99,
	       "an honest pinned vCPU keeps its CPU beside two movable vCPUs, however often these take turns (%.3f)",
	       least);
}

/*
 * The honest vCPU may move; a lighter vCPU waits for CPU 0; a vCPU that is pinned to CPU 1 sleeps
 * and is woken again at once.
 */
static void movers(void)
{
	unsigned sleeper;
	uint64_t end, kicks;

	sim_init(2, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	sim_add(1, 0, 1, 0, 0);
	sleeper = sim_add(100, 0, 2, 0, 0);
	sim_set_apart(sleeper);
	sim_run(sim.freq / 2);
	kicks = sim.kicks;
	for (end = sim.now + sim.freq; sim.now < end; sim_run(sim_us(3))) {
		if (sim.cpu[1].current != &sim.v[sleeper] || sim_state(sleeper) != PVTIME_RUNNING)
			continue;
		sched_will_block(&sim.v[sleeper]);
		sched_block(&sim.v[sleeper], sim_on(1), sim.now, UINT64_MAX);
		sched_wake(&sim.v[sleeper], sim_on(1), sim.now);
	}
	tap_ok(sim.kicks - kicks <= 10100 && !sim.errors,
	       "a sleeper that is woken again at once causes one kick in a stay at most (%llu a second)",
	       (unsigned long long)(sim.kicks - kicks));
}

/* No pins. vCPU 0 is owed a whole CPU; vCPU 2 naps, and belongs to another VM. */
static void whole_cpu(void)
{
	sim_init(2, SLICE_US);
	sim_add(300, 0, 0, 0, 0);
	sim_add(100, 0, 0, 0, 0);
	sim_add(100, 0, 0, sim_us(30), sim_us(30));
	sim_add(100, 0, 0, 0, 0);
	sim_set_apart(2);
	sim_run(sim.freq / 2);
	sim_mark();
	sim_run(10 * sim.freq);
	tap_ok(sim_share(0) > 0.99,
	       "a vCPU that is owed a whole CPU gets it beside a vCPU that naps (%.4f)",
	       sim_share(0));
}

int main(void)
{
	nappers();
	pests();
	takers();
	movers();
	whole_cpu();
	return tap_done();
}
