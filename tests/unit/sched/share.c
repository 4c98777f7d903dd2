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
	if (!tap_ok(!sim.errors, "%s: the scheduler's invariants hold at all %llu events", what,
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
	tap_ok(near(sim_share(0), 0.25, 0.001),
	       "weights 1:3: the light vCPU gets a quarter of the CPU over 10 s");
	run_s(200);
	tap_ok(near(sim_share(0), 0.25, 0.0001),
	       "weights 1:3: the light vCPU gets a quarter of the CPU over 200 s");
	tap_ok(near(sim_share(1), 0.75, 0.0001),
	       "weights 1:3: the heavy vCPU gets three quarters of the CPU over 200 s");
	sound("weights 1:3");

	sim_init(1, SLICE_US);
	sim_add(17, 0, 0, 0, 0);
	sim_add(1000, 0, 0, 0, 0);
	sim_add(233, 0, 0, 0, 0);
	run_s(300);
	tap_ok(near(sim_share(0), 17 / 1250.0, 0.0001),
	       "weights 17:1000:233: the lightest vCPU gets 17/1250 of the CPU");
	tap_ok(near(sim_share(1), 1000 / 1250.0, 0.0001),
	       "weights 17:1000:233: the heaviest vCPU gets 1000/1250 of the CPU");
	tap_ok(near(sim_share(2), 233 / 1250.0, 0.0001),
	       "weights 17:1000:233: the vCPU of weight 233 gets 233/1250 of the CPU");
	sound("weights 17:1000:233");

	sim_init(1, SLICE_US);
	sim_add(1, 0, 0, 0, 0);
	sim_add(10000, 0, 0, 0, 0);
	run_s(2000);
	tap_ok(near(sim_share(0), 1 / 10001.0, 0.00001),
	       "weights 1:10000: the light vCPU gets 1/10001 of the CPU");
	sound("weights 1:10000");

	/* A vCPU that is charged at odd times loses nothing of its share. */
	sim_init(1, 500);
	sim.latency = 97;
	sim_add(9973, 0, 0, 0, 0);
	sim_add(3331, 0, 0, 0, 0);
	sim_add(10000, 0, 0, 100, 1979);
	run_s(10);
	tap_ok(near(sim_share(0) / sim_share(1), 9973.0 / 3331, 0.003),
	       "weights 9973:3331: two vCPUs beside one that naps share in that proportion");
	sound("weights 9973:3331 beside a vCPU that naps");
}

static void several_cpus(void)
{
	sim_init(2, SLICE_US);
	for (unsigned i = 0; i < 3; i++)
		sim_add(100, 0, 0, 0, 0);
	run_s(100);
	for (unsigned i = 0; i < 3; i++)
		tap_ok(near(sim_share(i), 2 / 3.0, 0.001),
		       "2 CPUs, 3 equal vCPUs: vCPU %u gets two thirds of a CPU", i);
	sound("2 CPUs, 3 equal vCPUs");

	sim_init(4, SLICE_US);
	for (unsigned i = 0; i < 6; i++)
		sim_add(i < 3 ? 100 : 200, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 4 / 9.0, 0.002),
	       "4 CPUs, 6 vCPUs of weights 1:2: a light vCPU gets 4/9 of a CPU");
	tap_ok(near(sim_share(5), 8 / 9.0, 0.002),
	       "4 CPUs, 6 vCPUs of weights 1:2: a heavy vCPU gets 8/9 of a CPU");
	sound("4 CPUs, 6 vCPUs of weights 1:2");

	/*
	 * A vCPU whose share by weight is more than a CPU; then two vCPUs of the same weight join.
	 */
	sim_init(2, SLICE_US);
	sim_add(1000, 0, 0, 0, 0);
	sim_add(10, 0, 0, 0, 0);
	sim_add(10, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 1, 0.002),
	       "a vCPU whose share by weight is more than a CPU gets one whole CPU");
	tap_ok(near(sim_share(1), 0.5, 0.002), "light vCPUs share what the heavy one leaves");
	sim_add(1000, 0, 0, 0, 0);
	sim_add(1000, 0, 0, 0, 0);
	run_s(1);
	for (unsigned i = 0; i < 5; i += i ? 2 : 3)
		tap_ok(near(sim_share(i), 2000 / 3020.0, 0.03),
		       "after two heavy vCPUs have joined, heavy vCPU %u has its share within 1 s",
		       i);
	run_s(100);
	tap_ok(near(sim_share(1), 20 / 3020.0, 0.001),
	       "a light vCPU among heavy ones gets its share by weight");
	sound("heavy and light vCPUs");
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
	sound("pinned vCPUs");

	/* Max-min fairness: vCPU 1, which may run on both CPUs, runs where less is wanted. */
	sim_init(2, SLICE_US);
	sim_add(100, 0, 1, 0, 0);
	sim_add(100, 0, 3, 0, 0);
	for (unsigned i = 0; i < 3; i++)
		sim_add(i ? 100 : 200, 0, 2, 0, 0);
	run_s(200);
	tap_ok(near(sim_share(0), 0.5, 0.005),
	       "the vCPU pinned to CPU 0 gets half of a CPU beside the floating vCPU");
	tap_ok(near(sim_share(1), 0.5, 0.005), "the floating vCPU gets half of a CPU");
	tap_ok(near(sim_share(2), 0.5, 0.005),
	       "the vCPU of weight 200 pinned to CPU 1 gets half of a CPU");
	tap_ok(near(sim_share(3), 0.25, 0.005),
	       "a vCPU of weight 100 pinned to CPU 1 gets a quarter of a CPU");
	/*
	 * vCPU 2 stops: now all shares are equal. Neither vCPU 1 nor vCPU 3 has to make up for
	 * anything.
	 */
	sched_stop(&sim.v[2], sim_on(0), sim.now);
	run_s(1);
	for (unsigned i = 0; i < 5; i += i == 1 ? 2 : 1)
		tap_ok(near(sim_share(i), 0.5, 0.03),
		       "after the vCPU of weight 200 has stopped, vCPU %u gets half of a CPU within 1 s",
		       i);
	/* vCPU 3 stops as well: the last three get two thirds of a CPU each. */
	sched_stop(&sim.v[3], sim_on(0), sim.now);
	run_s(1);
	for (unsigned i = 0; i < 5; i += i == 1 ? 3 : 1)
		tap_ok(near(sim_share(i), 2 / 3.0, 0.03),
		       "after two vCPUs pinned to CPU 1 have stopped, vCPU %u gets two thirds of a CPU within 1 s",
		       i);
	sound("a crowded CPU");

	/*
	 * The same with five vCPUs left: they share two CPUs although three of them were far ahead.
	 */
	sim_init(2, SLICE_US);
	sim_add(100, 0, 1, 0, 0);
	sim_add(100, 0, 3, 0, 0);
	sim_add(100, 0, 3, 0, 0);
	for (unsigned i = 0; i < 5; i++)
		sim_add(i == 4 ? 1000 : 100 * (i + 1), 0, 2, 0, 0);
	run_s(200);
	tap_ok(near(sim_share(0), 1 / 3.0, 0.001) && near(sim_share(1), 1 / 3.0, 0.001),
	       "the vCPU pinned to CPU 0 and a floating vCPU get a third of a CPU each");
	for (unsigned i = 3; i < 8; i++)
		tap_ok(near(sim_share(i), sim.vcpu[i].weight / 2000.0, 0.001),
		       "vCPU %u, pinned to CPU 1, gets its share of it by weight", i);
	for (unsigned i = 4; i < 8; i++)
		sched_stop(&sim.v[i], sim_on(0), sim.now);
	sim_add(100, 0, 2, 0, 0);
	run_s(2);
	for (unsigned i = 0; i < 9; i += i == 3 ? 5 : 1)
		tap_ok(near(sim_share(i), 0.4, 0.02),
		       "vCPU %u, one of five vCPUs left on two CPUs, gets two fifths of a CPU within 2 s",
		       i);
	sound("five vCPUs left");

	/*
	 * vCPUs on a crowded CPU get their shares although a floating vCPU, which is always ahead
	 * of them, may run there too.
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
	sound("light and heavy vCPUs on a crowded CPU");

	/* A chain of pins: all four vCPUs can run only if each is on the right CPU. */
	sim_init(4, SLICE_US);
	sim_add(100, 0, 3, 0, 0);
	sim_add(100, 0, 6, 0, 0);
	sim_add(100, 0, 12, 0, 0);
	sim_add(100, 0, 1, 10 * sim.ms, 10 * sim.ms);
	run_s(10);
	tap_ok(near(sim_share(0), 1, 0.001) && near(sim_share(1), 1, 0.001) &&
		       near(sim_share(2), 1, 0.001) && near(sim_share(3), 0.5, 0.001),
	       "four vCPUs whose pins form a chain make room for each other, so that all of them run");
	sound("a chain of pins");
}

static void caps(void)
{
	static const uint32_t cap[] = {10, 25, 50, 99};

	for (unsigned i = 0; i < ARRAY_SIZE(cap); i++) {
		sim_init(1, SLICE_US);
		sim.latency = 3000;
		sim_add(100, cap[i], 0, 0, 0);
		run_s(100);
		tap_ok(near(sim_share(0), cap[i] / 100.0, 0.0001),
		       "a vCPU with cap %u that is alone gets its cap", cap[i]);
		sound("a capped vCPU alone");
	}
	sim_init(1, SLICE_US);
	sim_add(100, 10, 0, 0, 0);
	sim_add(100, 25, 0, 0, 0);
	sim_add(100, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 0.10, 0.0002),
	       "a vCPU with cap 10 gets a tenth of a contended CPU");
	tap_ok(near(sim_share(1), 0.25, 0.0002),
	       "a vCPU with cap 25 gets a quarter of a contended CPU");
	tap_ok(near(sim_share(2), 0.65, 0.0003), "the vCPU without a cap gets the rest");
	sound("caps 10 and 25");

	sim_init(1, SLICE_US);
	sim_add(300, 50, 0, 0, 0);
	sim_add(100, 0, 0, 0, 0);
	sim_add(100, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 0.5, 0.0005), "weight 3/5 and cap 50: the cap limits the vCPU");
	tap_ok(near(sim_share(1), 0.25, 0.0005), "vCPUs beside a capped one share what it leaves");
	sound("a cap below the share by weight");

	sim_init(1, SLICE_US);
	sim_add(100, 50, 0, 0, 0);
	sim_add(300, 0, 0, 0, 0);
	run_s(100);
	tap_ok(near(sim_share(0), 0.25, 0.0005),
	       "weight 1/4 and cap 50: the weight limits the vCPU");
	sound("a cap above the share by weight");

	/* Cap periods end while the vCPU runs, but it stays below its cap in each of them. */
	sim_init(1, SLICE_US);
	sim_add(100, 30, 0, 20 * sim.ms, 70 * sim.ms);
	run_s(100);
	tap_ok(near(sim_share(0), 20 / 90.0, 0.002),
	       "a vCPU that stays below its cap gets all the time it wants");
	sound("a vCPU below its cap");

	sim_init(1, SLICE_US);
	sim_add(100, 50, 0, 1, 70 * sim.ms);
	sim_run(2);
	sim.vcpu[0].burst = 0;
	sim_run(80 * sim.ms);
	tap_ok(sim_state(0) == PVTIME_RUNNING &&
		       near((double)(sim.cpu[0].deadline - sim.now), 70.0 * (double)sim.ms, 10),
	       "a capped vCPU that starts late in its period may run until it has used the next period's budget");
	sound("a burst across two cap periods");
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
	       "a vCPU that mostly sleeps waits at most 100 us beside 8 vCPUs that spin (%llu us)",
	       (unsigned long long)(sim.vcpu[s].worst_wait * 1000 / sim.ms));
	tap_ok(near(sim_share(s), 0.5 / 21.7, 0.001),
	       "a vCPU that mostly sleeps gets all the time it wants");
	sound("a vCPU that mostly sleeps");

	/* A vCPU cannot get more than its share by sleeping. */
	sim_init(1, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	sim_add(100, 0, 0, 5 * sim.ms, sim.ms / 10);
	run_s(60);
	tap_ok(sim_share(0) > 0.49 && sim_share(0) < 0.52,
	       "a vCPU that spins beside one that naps gets half of the CPU (%.4f)", sim_share(0));
	sound("a vCPU that naps");

	/*
	 * Sleep earns no credit: after 15 ms of sleep a vCPU may be half a slice ahead, not 12 ms.
	 */
	sim_init(1, SLICE_US);
	sim_add(100, 0, 0, 0, 0);
	sim_add(100, 0, 0, 12 * sim.ms, 15 * sim.ms);
	run_s(60);
	tap_ok(sim.vcpu[0].worst_wait <= 6 * sim.ms,
	       "a vCPU that sleeps for 15 ms earns no credit: the vCPU beside it waits at most 6 ms (%llu us)",
	       (unsigned long long)(sim.vcpu[0].worst_wait * 1000 / sim.ms));
	sound("no credit for sleep");

	/* An hour alone does not count against a vCPU, and an hour asleep does not count for it. */
	sim_init(2, SLICE_US);
	sim_add(100, 0, 1, 0, 0);
	sim_add(100, 0, 3, sim.ms, 0);
	sim_run(3600 * sim.freq);
	tap_ok(sim_state(1) == PVTIME_BLOCKED && sim.cpu[0].deadline == UINT64_MAX,
	       "the CPU of a vCPU that spins alone has no timer");
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
	sound("an hour alone");
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
