/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a vCPU keeps the CPU that it was given, and what those who nap or wake each other all the while get by it: nobody is
 * starved, and nobody's CPU is interrupted at will.
 */
#include "sched_sim.h"
#include "tests/tap.h"

#define SLICE_US 4000u

static uint64_t us(uint64_t n)
{
	return n * sim.freq / 1000000;
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
		       "and one that moves out of its way has as much as one that cannot (%.3f, "
		       "%.3f)",
		       sim_share(0), sim_share(1));
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

/*
 * a and b, of one VM, hand each other a CPU: one wakes the other, which may run on both CPUs, and sleeps before the other CPU
 * has looked. Returns how often a second that one, on which the honest vCPU runs, is interrupted.
 */
static uint64_t knocks(unsigned honest, unsigned a, unsigned b)
{
	uint64_t end = sim.now + sim.freq, kicks = sim.kicks;

	while (sim.now < end) {
		unsigned from = sim_state(a) == PVTIME_RUNNING ? a : b, to = from == a ? b : a;
		unsigned cpu = sim.v[from].sched.cpu;

		if (sim_state(from) == PVTIME_RUNNING) {
			sched_wake(&sim.v[to], sim_on(cpu), sim.now);
			sched_will_block(&sim.v[from]);
			sched_block(&sim.v[from], sim_on(cpu), sim.now, UINT64_MAX);
		}
		sim_run(us(3));
	}
	tap_ok(sim_state(honest) == PVTIME_RUNNING && sim_share(honest) > 0.999,
	       "the honest one has its CPU");
	return sim.kicks - kicks;
}

static void pests(void)
{
	/* Twice the weight: it owes the others nothing. With the same one they have a claim now and then. */
	for (unsigned weight = 100; weight <= 200; weight += 100) {
		static struct vm other;
		unsigned honest;
		uint64_t n;

		sim_init(2, SLICE_US);
		honest = sim_add(weight, 0, 0, 0, 0);
		other = sim.vm;
		sim.v[honest].vm = &other;
		sim_add(100, 0, 0, 0, 0);
		sim_add(100, 0, 0, 0, 0);
		sim_run(20 * sim.ms);
		sim_mark();
		n = knocks(honest, 1, 2);
		tap_ok(n <= 10100, "and is interrupted once in a stay at most (%llu a second)",
		       (unsigned long long)n);
	}
}

int main(void)
{
	nappers();
	pests();
	return tap_done();
}
