/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one that wakes, or has lost its CPU, is owed, and that a CPU which it is owed hears of it.
 */
#include "tests/unit/sched/sim.h"
#include "tests/tap.h"

#define SLICE_US 4000u

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

/*
 * i and j, which sleep, have run for a moment and sleep again; who had their CPUs has them again,
 * and has just begun a stay.
 */
static void begin_stays(unsigned i, unsigned j)
{
	sim_run(20 * sim.ms);
	wake(i);
	wake(j);
	sim_run(sim_us(105));
	while (runs(i) || runs(j))
		sim_run(sim_us(1));
}

/* Two compute on each CPU, so that none is alone there. */
static void two_wake(void)
{
	sim_init(2, SLICE_US);
	for (unsigned i = 0; i < 4; i++)
		sim_add(100, 0, (uint8_t)(1u << i % 2), 0, 0);
	for (unsigned i = 4; i < 6; i++)
		sim_set_apart(sim_add(100, 0, 0, sim_us(200), 0));
	begin_stays(4, 5);
	wake(4);
	wake(5);
	tap_ok(!runs(4) && !runs(5), "two that wake within two stays wait");
	sim_run(sim_us(110));
	tap_ok(runs(4) && runs(5), "each of them has a CPU when the stays have ended");
}

/* 0 lets its sibling 2 have its stay. 1, of another VM, was there before, and has had less. */
static void sibling_wakes(void)
{
	sim_init(1, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	sim_set_apart(sim_add(100, 0, 0, sim_us(10), 0));
	sim_add(100, 0, 0, sim_us(50), 0);
	begin_stays(2, 1);
	wake(1);
	tap_ok(runs(0), "a vCPU of another VM waits for the end of a stay");
	wake(2);
	tap_ok(runs(1), "a vCPU that ends its stay by waking a sibling gives way to the first");
}

/* 1 sleeps on a CPU that then idles. 2 has been ahead of 0 by far, and sleeps as well. */
static void joins(void)
{
	sim_init(2, SLICE_US);
	sim_add(10000, 0, 0, 0, 0);
	sim_add(100, 0, 2, sim_us(10), 0);
	sim_add(100, 0, 0, sim_us(3000), 0);
	sim_run(20 * sim.ms);
	tap_ok(runs(0) && sim_state(1) == PVTIME_BLOCKED && sim_state(2) == PVTIME_BLOCKED &&
		       sim.v[2].sched.ready.key > sim.v[0].sched.ready.key,
	       "one runs, and one that sleeps has had more");
	wake(1);
	tap_ok(sim.v[1].sched.ready.key <= sim.v[0].sched.ready.key,
	       "a vCPU that wakes on a CPU of its own is not behind one that may come");
}

/* 1 may run on CPUs 1 and 2, and 2 on CPU 2 alone, which idles: it is told of 1, and takes 2. */
static void another_taken(void)
{
	sim_init(3, SLICE_US);
	sim_add(100, 0, 2, 0, 0);
	sim_add(100, 0, 6, sim_us(500), 0);
	sim_add(100, 0, 4, sim_us(5000), 0);
	sim_run(100 * sim.ms);
	sched_wake(&sim.v[1], sim_on(0), sim.now);
	sched_wake(&sim.v[2], sim_on(0), sim.now);
	sim_settle();
	tap_ok(runs(2) && runs(1),
	       "a vCPU that was passed over has the CPU on which one ran alone");
}

/*
 * Both have run in turns on CPU 1, where `slice` has just begun; 2 has slept, and takes CPU 0. 3 is
 * pinned there.
 */
static void loses_its_cpu(void)
{
	sim_init(2, SLICE_US);
	sim_add(100, 0, 2, 0, 0);
	sim_add(100, 0, 2, 0, 0);
	sim_set_apart(sim_add(100, 0, 0, sim_us(3000), 0));
	sim_set_apart(sim_add(100, 0, 1, sim_us(500), 0));
	sim_run(50 * sim.ms);
	while (!runs(1))
		sim_run(sim_us(1));
	while (!runs(0))
		sim_run(sim_us(1));
	wake(2);
	sim_run(sim_us(1600));
	tap_ok(runs(0) && runs(2), "two run, each on a CPU of its own");
	wake(3);
	tap_ok(runs(3) && runs(2) && !runs(0),
	       "one that loses its CPU takes another from one that has run for long");
}

/*
 * Those that compute have slices of 4 ms; the last one sleeps for a moment each time, and would
 * lose by it what it has waited for.
 */
static double share_of_napper(unsigned ncpus, unsigned hogs, uint32_t weight, unsigned burst_us,
			      unsigned sleep_us)
{
	sim_init(ncpus, SLICE_US);
	for (unsigned i = 0; i < hogs; i++)
		sim_set_apart(sim_add(100, 0, 0, 0, 0));
	sim_set_apart(sim_add(weight, 0, 0, sim_us(burst_us), sim_us(sleep_us)));
	sim_run(sim.freq / 2);
	sim_mark();
	sim_run(2 * sim.freq);
	return sim.errors ? 0 : sim_share(hogs);
}

static void naps(void)
{
	double share;

	share = share_of_napper(1, 1, 100, 500, 100);
	tap_ok(share > 0.45, "one that naps has half of a CPU beside one that does not (%.4f)",
	       share);
	share = share_of_napper(1, 4, 100, 500, 100);
	tap_ok(share > 0.18, "one that naps has a fifth of a CPU beside four that do not (%.4f)",
	       share);
	share = share_of_napper(2, 4, 200, 2500, 70);
	tap_ok(share > 0.65,
	       "one of weight 200 that naps has two thirds of a CPU beside four of 100 on two CPUs "
	       "(%.4f)",
	       share);
}

/*
 * 0, 1 and 2 compute on two CPUs. Each of the others has run for 100 ms, and is owed more than the
 * one CPU that it can have.
 */
static void wakes_with_debts(void)
{
	uint64_t waited;

	sim_init(2, SLICE_US);
	for (unsigned i = 0; i < 3; i++)
		sim_add(100, 0, 0, 0, 0);
	for (unsigned i = 3; i < 11; i++) {
		sim_set_apart(sim_add(400, 0, 0, sim_us(100000), 0));
		while (sim_state(i) != PVTIME_BLOCKED)
			sim_run(sim.ms);
	}
	sim_run(sim.ms);
	for (unsigned i = 3; i < 11; i++)
		wake(i);
	waited = sim_total(0, PVTIME_READY);
	while (!runs(0) && sim_total(0, PVTIME_READY) - waited < sim.freq)
		sim_run(sim.ms);
	waited = sim_total(0, PVTIME_READY) - waited;
	tap_ok(waited < sim_us(80000),
	       "a debt that cannot be paid is not kept over a sleep: eight that wake are %llu us "
	       "before one that computes",
	       (unsigned long long)(waited / sim_us(1)));
}

int main(void)
{
	two_wake();
	sibling_wakes();
	joins();
	another_taken();
	loses_its_cpu();
	naps();
	wakes_with_debts();
	return tap_done();
}
