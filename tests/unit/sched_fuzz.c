/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Anything at any time: up to 64 vCPUs of random weights, caps and pinning on 8 CPUs start, stop, sleep,
 * wake and are reset, while interrupts come late and CPUs' clocks differ a little. After each of a
 * million events everything that must hold is checked (sim_check).
 */
#include "sched_sim.h"
#include "tests/tap.h"

#include <stdlib.h>

static uint64_t seed;

static uint64_t rnd(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

static void populate(unsigned ncpus, unsigned nvcpus)
{
	static const uint32_t slices[] = {100, 1000, 4000, 100000};

	sim_init(ncpus, slices[rnd(4)]);
	sim.latency = rnd(3) ? rnd(2000) : 0;
	for (unsigned cpu = 0; cpu < ncpus; cpu++)
		sim.skew[cpu] = rnd(50);
	for (unsigned i = 0; i < nvcpus; i++) {
		uint32_t weight = rnd(2) ? 100 : 1 + (uint32_t)rnd(10000);
		uint32_t cap = rnd(3) ? 0 : 1 + (uint32_t)rnd(100);
		uint8_t pin = rnd(2) ? 0 : (uint8_t)rnd(1u << ncpus);
		uint64_t burst = rnd(4) ? 1 + rnd(10 * sim.ms) : 0;
		uint64_t sleep = rnd(4) ? 1 + rnd(10 * sim.ms) : 0;

		sim_add(weight, cap, pin, burst, sleep);
	}
}

/* Something that a guest, a device or the administrator does. */
static void disturb(void)
{
	unsigned cpu = (unsigned)rnd(sim.ncpus), i = (unsigned)rnd(sim.nvcpus);
	struct vcpu *v = &sim.v[i];

	switch (rnd(16)) {
	case 0:
		sched_stop(v, sim_on(cpu), sim_clock(cpu));
		break;
	case 1:
	case 2:
		sched_start(v, sim_on(cpu), sim_clock(cpu));
		break;
	case 3:
		sched_reset_ledger(v, sim.now);
		break;
	case 4:
		sched_tick(sim_on(cpu), sim_clock(cpu));
		break;
	default:
		sched_wake(v, sim_on(cpu), sim_clock(cpu));
		break;
	}
	if (rnd(2))
		sim_settle();
}

static void fuzz(unsigned ncpus, unsigned nvcpus, uint64_t events)
{
	uint64_t capped_too_long = 0;

	populate(ncpus, nvcpus);
	while (sim.events < events && !sim.errors) {
		disturb();
		sim_run(rnd(sim.ms));
		for (unsigned i = 0; i < sim.nvcpus; i++) {
			const struct sched_vcpu *s = &sim.v[i].sched;

			/* A cap is overrun by the latency of an interrupt at most. */
			capped_too_long += s->cap_budget != UINT64_MAX &&
					   s->cap_used > s->cap_budget + sim.latency + 100;
		}
	}
	if (!tap_ok(!sim.errors,
		    "%u CPUs, %u vCPUs: sound at %llu events, %llu switches, %llu kicks", ncpus,
		    nvcpus, (unsigned long long)sim.events, (unsigned long long)sim.switches,
		    (unsigned long long)sim.kicks))
		tap_print("# %s\n", sim.error);
	tap_is_u64(capped_too_long, 0, "and no cap is overrun");
	sched_pause_all(sim_on(0), sim_clock(0));
	sim_settle();
	tap_ok(sched_all_paused(), "and all can be paused");
}

int main(int argc, char **argv)
{
	uint64_t events = argc > 1 ? strtoull(argv[1], NULL, 0) : 100000;

	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 20251122;
	fuzz(1, 2, events);
	fuzz(1, 20, events);
	fuzz(3, 30, events);
	for (unsigned round = 0; round < 20; round++)
		fuzz(2, 3, events / 10);
	for (unsigned round = 0; round < 3; round++) {
		fuzz(8, 9, events);
		fuzz(8, 64, events);
	}
	return tap_done();
}
