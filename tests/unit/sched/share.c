/* SPDX-License-Identifier: BSD-2-Clause */
/* Shares: weights, caps, pinning, and how they mix; how long a vCPU waits. */
#include "tests/unit/sched/sim.h"
#include "tests/tap.h"

#include <math.h>

#define SLICE_US 4000u

static bool near(double got, double want, double off)
{
	if (fabs(got - want) <= off)
		return true;
	tap_print("# got %.6f, want %.6f\n", got, want);
	return false;
}

static void sound(const char *what)
{
	if (!tap_ok(!sim.errors, "%s: sound at all %llu events", what,
		    (unsigned long long)sim.events))
		tap_print("# %llu times; first: %s\n", (unsigned long long)sim.errors, sim.error);
}

static void run_s(unsigned s)
{
	sim_mark();
	sim_run(s * sim.freq);
}

static void weights(void)
{
	sim_init(1, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	sim_add(300, 0, 0, 0, 0);
	run_s(10);
	tap_ok(near(sim_share(0), 0.25, 0.001), "1:3 over 10 s: a quarter");
	run_s(200);
	tap_ok(near(sim_share(0), 0.25, 0.0001), "1:3: a quarter");
	tap_ok(near(sim_share(1), 0.75, 0.0001), "1:3: three quarters");
	sound("1:3");

	sim_init(1, SLICE_US);
	sim_add(17, 0, 0, 0, 0);
	sim_add(1000, 0, 0, 0, 0);
	sim_add(233, 0, 0, 0, 0);
	run_s(300);
	tap_ok(near(sim_share(0), 17 / 1250.0, 0.0001), "17 of 1250");
	tap_ok(near(sim_share(1), 1000 / 1250.0, 0.0001), "1000 of 1250");
	tap_ok(near(sim_share(2), 233 / 1250.0, 0.0001), "233 of 1250");
	sound("17:1000:233");

	sim_init(1, SLICE_US);
	sim_add(1, 0, 0, 0, 0);
	sim_add(10000, 0, 0, 0, 0);
	run_s(2000);
	tap_ok(near(sim_share(0), 1 / 10001.0, 0.00001), "1:10000");
	sound("1:10000");

	/* Whoever is charged at odd times loses nothing by it. */
	sim_init(1, 500);
	sim.latency = 97;
	sim_add(9973, 0, 0, 0, 0);
	sim_add(3331, 0, 0, 0, 0);
	sim_add(10000, 0, 0, 100, 1979);
	run_s(10);
	tap_ok(near(sim_share(0) / sim_share(1), 9973.0 / 3331, 0.003),
	       "9973:3331, much disturbed");
	sound("disturbed");
}

static void several_cpus(void)
{
	sim_init(2, SLICE_US);
	for (unsigned i = 0; i < 3; i++)
		sim_add(100, 0, 0, 0, 0);
	run_s(100);
	for (unsigned i = 0; i < 3; i++)
		tap_ok(near(sim_share(i), 2 / 3.0, 0.001), "2 CPUs, 3 equal vCPUs: vCPU %u", i);
	sound("2 CPUs, 3 vCPUs");

	sim_init(4, SLICE_US);
	for (unsigned i = 0; i < 6; i++)
		sim_add(i < 3 ? 100 : 200, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 4 / 9.0, 0.002), "4 CPUs, 6 vCPUs 1:2: a light one");
	tap_ok(near(sim_share(5), 8 / 9.0, 0.002), "4 CPUs, 6 vCPUs 1:2: a heavy one");
	sound("4 CPUs, 6 vCPUs");

	/*
	 * A weight that asks for more than a CPU; then one as heavy comes that has not been there.
	 */
	sim_init(2, SLICE_US);
	sim_add(1000, 0, 0, 0, 0);
	sim_add(10, 0, 0, 0, 0);
	sim_add(10, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 1, 0.002), "a weight of more than a CPU gets one whole CPU");
	tap_ok(near(sim_share(1), 0.5, 0.002), "light vCPUs share what the heavy one leaves");
	sim_add(1000, 0, 0, 0, 0);
	sim_add(1000, 0, 0, 0, 0);
	run_s(1);
	for (unsigned i = 0; i < 5; i += i ? 2 : 3)
		tap_ok(near(sim_share(i), 2000 / 3020.0, 0.03), "3 heavy ones share, at once: %u",
		       i);
	run_s(100);
	tap_ok(near(sim_share(1), 20 / 3020.0, 0.001),
	       "a light vCPU among heavy ones gets its share by weight");
	sound("heavy");
}

static void pinning(void)
{
	sim_init(2, SLICE_US);
	sim_add(100, 0, 1, 0, 0);
	sim_add(300, 0, 1, 0, 0);
	sim_add(100, 0, 2, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 0.25, 0.0005),
	       "a vCPU that shares its pinned CPU 1:3 gets a quarter");
	tap_ok(near(sim_share(2), 1, 0.0005), "a vCPU that is pinned alone gets its whole CPU");
	sound("pinned");

	/* Max-min fair: the one that may choose goes where less is wanted. */
	sim_init(2, SLICE_US);
	sim_add(100, 0, 1, 0, 0);
	sim_add(100, 0, 3, 0, 0);
	for (unsigned i = 0; i < 3; i++)
		sim_add(i ? 100 : 200, 0, 2, 0, 0);
	run_s(200);
	tap_ok(near(sim_share(0), 0.5, 0.005), "A on CPU 0 has half of it");
	tap_ok(near(sim_share(1), 0.5, 0.005), "E on both has the other half");
	tap_ok(near(sim_share(2), 0.5, 0.005), "B on CPU 1, of double weight, has half of that");
	tap_ok(near(sim_share(3), 0.25, 0.005), "C on CPU 1 has a quarter");
	/* B goes: now all are equal, and E has nothing to make up for, nor has C. */
	sched_stop(&sim.v[2], sim_on(0), sim.now);
	run_s(1);
	for (unsigned i = 0; i < 5; i += i == 1 ? 2 : 1)
		tap_ok(near(sim_share(i), 0.5, 0.03), "B has gone: half for %u, at once", i);
	/* And C: the last three have two thirds each. */
	sched_stop(&sim.v[3], sim_on(0), sim.now);
	run_s(1);
	for (unsigned i = 0; i < 5; i += i == 1 ? 3 : 1)
		tap_ok(near(sim_share(i), 2 / 3.0, 0.03), "C has gone: two thirds for %u, at once",
		       i);
	sound("crowded");

	/* The same with five left, who share two CPUs though three of them have been far ahead. */
	sim_init(2, SLICE_US);
	sim_add(100, 0, 1, 0, 0);
	sim_add(100, 0, 3, 0, 0);
	sim_add(100, 0, 3, 0, 0);
	for (unsigned i = 0; i < 5; i++)
		sim_add(i == 4 ? 1000 : 100 * (i + 1), 0, 2, 0, 0);
	run_s(200);
	tap_ok(near(sim_share(0), 1 / 3.0, 0.001) && near(sim_share(1), 1 / 3.0, 0.001),
	       "CPU 0's have a third each");
	for (unsigned i = 3; i < 8; i++)
		tap_ok(near(sim_share(i), sim.vcpu[i].weight / 2000.0, 0.001),
		       "vCPUs pinned to CPU 1 share it by weight: %u", i);
	for (unsigned i = 4; i < 8; i++)
		sched_stop(&sim.v[i], sim_on(0), sim.now);
	sim_add(100, 0, 2, 0, 0);
	run_s(2);
	for (unsigned i = 0; i < 9; i += i == 3 ? 5 : 1)
		tap_ok(near(sim_share(i), 0.4, 0.02), "two fifths for %u, soon", i);
	sound("five left");

	/*
	 * Two of those on a crowded CPU get theirs though one comes by that is always ahead of
	 * them.
	 */
	sim_init(2, SLICE_US);
	sim_add(500, 0, 1, 0, 0);
	sim_add(1000, 0, 3, 0, 0);
	for (unsigned i = 0; i < 4; i++)
		sim_add(i ? 1000 : 10, 0, 2, 0, 0);
	run_s(1000);
	tap_ok(near(sim_share(0), 1 / 3.0, 0.001),
	       "a vCPU pinned to CPU 0 gets a third beside a floating one");
	tap_ok(near(sim_share(2), 10 / 3010.0, 0.0001),
	       "a light vCPU on a crowded CPU gets no more than its share");
	tap_ok(near(sim_share(3), 1000 / 3010.0, 0.001),
	       "a heavy vCPU on a crowded CPU gets no less than its share");
	sound("light and heavy");

	/* A chain: with everyone in the right place, all four run. */
	sim_init(4, SLICE_US);
	sim_add(100, 0, 3, 0, 0);
	sim_add(100, 0, 6, 0, 0);
	sim_add(100, 0, 12, 0, 0);
	sim_add(100, 0, 1, 10 * sim.ms, 10 * sim.ms);
	run_s(10);
	tap_ok(near(sim_share(0), 1, 0.001) && near(sim_share(1), 1, 0.001) &&
		       near(sim_share(2), 1, 0.001) && near(sim_share(3), 0.5, 0.001),
	       "each moves on so that the next can run");
	sound("chain");
}

static void caps(void)
{
	static const uint32_t cap[] = {10, 25, 50, 99};

	for (unsigned i = 0; i < ARRAY_SIZE(cap); i++) {
		sim_init(1, SLICE_US);
		sim.latency = 3000;
		sim_add(100, cap[i], 0, 0, 0);
		run_s(100);
		tap_ok(near(sim_share(0), cap[i] / 100.0, 0.0001), "cap %u, alone", cap[i]);
		sound("cap");
	}
	sim_init(1, SLICE_US);
	sim_add(100, 10, 0, 0, 0);
	sim_add(100, 25, 0, 0, 0);
	sim_add(100, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 0.10, 0.0002), "cap 10, contended");
	tap_ok(near(sim_share(1), 0.25, 0.0002), "cap 25, contended");
	tap_ok(near(sim_share(2), 0.65, 0.0003), "the vCPU without a cap gets the rest");
	sound("caps");

	sim_init(1, SLICE_US);
	sim_add(300, 50, 0, 0, 0);
	sim_add(100, 0, 0, 0, 0);
	sim_add(100, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 0.5, 0.0005), "weight 3/5 and cap 50: the cap limits the vCPU");
	tap_ok(near(sim_share(1), 0.25, 0.0005), "vCPUs beside a capped one share what it leaves");
	sound("cap and weight");

	sim_init(1, SLICE_US);
	sim_add(100, 50, 0, 0, 0);
	sim_add(300, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 0.25, 0.0005), "weight 1/4 and cap 50: the weight");
	sound("weight and cap");

	/* A period ends while it runs: never more than the cap in any of its periods. */
	sim_init(1, SLICE_US);
	sim_add(100, 30, 0, 20 * sim.ms, 70 * sim.ms);
	run_s(100);
	tap_ok(near(sim_share(0), 20 / 90.0, 0.002), "below its cap it isn't held up");
	sound("below");

	sim_init(1, SLICE_US);
	sim_add(100, 50, 0, 1, 70 * sim.ms);
	sim_run(2);
	sim.vcpu[0].burst = 0;
	sim_run(80 * sim.ms);
	tap_ok(sim_state(0) == PVTIME_RUNNING &&
		       near((double)(sim.cpu[0].deadline - sim.now), 70.0 * (double)sim.ms, 10),
	       "late in one period: it is left alone until the next one's budget is used");
	sound("across");
}

static void waiting(void)
{
	sim_init(1, SLICE_US);
	for (unsigned i = 0; i < 8; i++)
		sim_add(100, 0, 0, 0, 0);
	unsigned s = sim_add(100, 0, 0, sim.ms / 2, 21 * sim.ms + 12345);
	sim_run(sim.freq);
	run_s(60);
	tap_ok(sim.vcpu[s].worst_wait <= sim.ms / 10,
	       "one that mostly sleeps need not wait for a slice of 8 that spin to end (%llu us)",
	       (unsigned long long)(sim.vcpu[s].worst_wait * 1000 / sim.ms));
	tap_ok(near(sim_share(s), 0.5 / 21.7, 0.001),
	       "a vCPU that mostly sleeps gets all the time it wants");
	sound("mostly asleep");

	/* Sleeping is no way to get more than one's share. */
	sim_init(1, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	sim_add(100, 0, 0, 5 * sim.ms, sim.ms / 10);
	run_s(60);
	tap_ok(sim_share(0) > 0.49 && sim_share(0) < 0.52, "naps don't pay (%.4f)", sim_share(0));
	sound("naps");

	/* Nor is it credit: having slept for 15 ms, it may be half a slice ahead, not 12 ms. */
	sim_init(1, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	sim_add(100, 0, 0, 12 * sim.ms, 15 * sim.ms);
	run_s(60);
	tap_ok(sim.vcpu[0].worst_wait <= 6 * sim.ms, "sleep is no credit (%llu us)",
	       (unsigned long long)(sim.vcpu[0].worst_wait * 1000 / sim.ms));
	sound("credit");

	/* An hour alone is not held against it, nor an hour asleep for it. */
	sim_init(2, SLICE_US);
	sim_add(100, 0, 1, 0, 0);
	sim_add(100, 0, 3, sim.ms, 0);
	sim_run(3600 * sim.freq);
	tap_ok(sim_state(1) == PVTIME_BLOCKED && sim.cpu[0].deadline == UINT64_MAX,
	       "a vCPU that spins alone has no tick");
	tap_ok(sim.events < 10, "an hour of a vCPU that spins alone has fewer than 10 events");
	sim.vcpu[1].burst = 0;
	sim_add(100, 0, 3, 0, 0);
	sched_wake(&sim.v[1], sim_on(1), sim.now);
	run_s(1);
	tap_ok(near(sim_share(0), 2 / 3.0, 0.02),
	       "a vCPU that spun alone for an hour gets two thirds from then on");
	tap_ok(near(sim_share(1), 2 / 3.0, 0.02),
	       "a vCPU that slept for an hour gets two thirds from then on");
	tap_ok(sim.vcpu[0].worst_wait <= 12 * sim.ms,
	       "a vCPU that spun alone for an hour does not starve afterwards");
	sound("an hour");
}

int main(void)
{
	weights();
	several_cpus();
	pinning();
	caps();
	waiting();
	return tap_done();
}
