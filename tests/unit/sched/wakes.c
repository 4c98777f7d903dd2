/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a vCPU is owed when it wakes or has lost its CPU, and that the scheduler kicks a CPU which
 * it is owed.
 */
#include "tests/unit/sched/sim.h"
#include "tests/tap.h"

#define SLICE_US 4000u

/* Wakes vCPU i on CPU 0, as an interrupt of its own device would. */
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
 * Lets the sleeping vCPUs i and j run for a moment. Afterwards they sleep again, and the vCPUs that
 * they preempted have just begun a stay.
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

/* Two vCPUs compute on each CPU, so that none is alone there. */
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
	tap_ok(!runs(4) && !runs(5), "two vCPUs that wake while each CPU is in a stay wait");
	sim_run(sim_us(110));
	tap_ok(runs(4) && runs(5),
	       "two vCPUs that woke during two stays have a CPU each when the stays have ended");
}

/*
 * vCPU 0 gives up its stay for its sibling 2. vCPU 1, of another VM, woke before, and has run less.
 */
static void sibling_wakes(void)
{
	sim_init(1, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	sim_set_apart(sim_add(100, 0, 0, sim_us(10), 0));
	sim_add(100, 0, 0, sim_us(50), 0);
	begin_stays(2, 1);
	wake(1);
	tap_ok(runs(0), "a vCPU keeps its CPU during its stay when a vCPU of another VM wakes");
	wake(2);
	tap_ok(runs(1),
	       "a vCPU that ends its stay by waking a sibling loses its CPU to the vCPU that woke first");
}

/* vCPU 1 sleeps on a CPU that then idles. vCPU 2 was far ahead of vCPU 0, and sleeps as well. */
static void joins(void)
{
	sim_init(2, SLICE_US);
	sim_add(10000, 0, 0, 0, 0);
	sim_add(100, 0, 2, sim_us(10), 0);
	sim_add(100, 0, 0, sim_us(3000), 0);
	sim_run(20 * sim.ms);
	tap_ok(runs(0) && sim_state(1) == PVTIME_BLOCKED && sim_state(2) == PVTIME_BLOCKED &&
		       sim.v[2].sched.ready.key > sim.v[0].sched.ready.key,
	       "vCPU 0 runs, and the sleeping vCPU 2 has had more time than it");
	wake(1);
	tap_ok(sim.v[1].sched.ready.key <= sim.v[0].sched.ready.key,
	       "a vCPU that wakes on an idle CPU is not behind the vCPU that runs on the other CPU");
}

/* vCPU 1 may run on CPUs 1 and 2, vCPU 2 only on CPU 2, which idles: kicked for 1, it takes 2. */
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
	       "a woken vCPU whose idle CPU takes another vCPU gets the CPU of a vCPU that ran alone");
}

/*
 * vCPUs 0 and 1 have run in turns on CPU 1, where a slice of vCPU 0 has just begun. vCPU 2 has
 * slept, and takes CPU 0, to which vCPU 3 is pinned.
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
	tap_ok(runs(0) && runs(2), "vCPU 0 and the woken vCPU 2 run on a CPU each");
	wake(3);
	tap_ok(runs(3) && runs(2) && !runs(0),
	       "a vCPU that loses its CPU to a pinned one takes the other CPU from a vCPU that has run for long");
}

/*
 * The vCPUs that compute have slices of 4 ms. The last vCPU sleeps for a moment after each burst,
 * which must not cost it the time that it has waited for. Returns its share.
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
	tap_ok(share > 0.45,
	       "a vCPU that naps gets more than 0.45 of a CPU beside one that does not (%.4f)",
	       share);
	share = share_of_napper(1, 4, 100, 500, 100);
	tap_ok(share > 0.18,
	       "a vCPU that naps gets more than 0.18 of a CPU beside four that do not (%.4f)",
	       share);
	share = share_of_napper(2, 4, 200, 2500, 70);
	tap_ok(share > 0.65,
	       "a vCPU of weight 200 that naps gets more than 0.65 of a CPU beside four of weight 100 on two CPUs (%.4f)",
	       share);
}

/*
 * vCPUs 0, 1 and 2 compute on two CPUs. Each of the others has run for 100 ms, and is owed more
 * than the one CPU that it can have.
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
	       "eight vCPUs that wake with a large debt keep a computing vCPU waiting for less than 80 ms (%llu us)",
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
