/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random events: up to 64 vCPUs of random weights, caps and pinning on 8 CPUs start, stop, sleep,
 * wake and are reset, while interrupts come late and the CPUs' clocks differ a little. After each
 * event sim_check() checks all invariants. No scheduling decision may visit more than O(log n)
 * nodes of the queues.
 */
#include "sched/impl.h"
#include "tests/unit/sched/sim.h"
#include "tests/tap.h"
#include "tests/wrap.h"

#include <stdlib.h>
#include <string.h>

TESTS_WRAP(sched_next);
TESTS_WRAP(sched_wake);
TESTS_WRAP(sched_block);
TESTS_WRAP(sched_timer_due);
TESTS_WRAP(sched_level);

static struct {
	uint64_t woken;		 /* sleepers that this decision wakes: each counts as a decision */
	uint64_t decision, mean; /* nodes visited: the most by one decision, and the sum of all */
	uint64_t level;		 /* nodes visited: the most by one sched_level() */
	uint64_t decisions, levels;
} cost;

struct vcpu *__wrap_sched_timer_due(struct sched_cpu *c, uint64_t now)
{
	struct vcpu *v = __real_sched_timer_due(c, now);

	cost.woken += v != NULL;
	return v;
}

void __wrap_sched_level(const struct vcpu *v, const struct vcpu *w, uint64_t now)
{
	uint64_t before = queue_visits;

	__real_sched_level(v, w, now);
	cost.level = max_u64(cost.level, queue_visits - before);
	cost.levels++;
}

/* Begin to count the nodes of a decision, which may first wake `woken` vCPUs. */
static uint64_t begin(unsigned woken)
{
	cost.woken = woken;
	return queue_visits;
}

static void end(uint64_t before)
{
	uint64_t visits = queue_visits - before;

	cost.decision = max_u64(cost.decision, visits / (1 + cost.woken));
	cost.mean += visits;
	cost.decisions++;
}

struct vcpu *__wrap_sched_next(unsigned cpu, uint64_t now)
{
	uint64_t before = begin(0);
	struct vcpu *v = __real_sched_next(cpu, now);

	end(before);
	return v;
}

void __wrap_sched_wake(struct vcpu *v, unsigned cpu, uint64_t now)
{
	uint64_t before = begin(1);

	__real_sched_wake(v, cpu, now);
	end(before);
}

bool __wrap_sched_block(struct vcpu *v, unsigned cpu, uint64_t now, uint64_t wake_at)
{
	uint64_t before = begin(0);
	bool blocks = __real_sched_block(v, cpu, now, wake_at);

	end(before);
	return blocks;
}

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

/* A random action of a guest, a device or the administrator. */
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
		sched_set_alarm(sim_on(cpu), sim_clock(cpu) + rnd(1000));
		break;
	default:
		sched_wake(v, sim_on(cpu), sim_clock(cpu));
		break;
	}
	if (rnd(2))
		sim_settle();
}

/*
 * A decision consists of several walks, each of which may be twice as long as in a balanced tree.
 */
static void check_cost(unsigned n)
{
	unsigned bits = 32u - (unsigned)__builtin_clz(n);

	tap_ok(cost.decision <= 20 * bits,
	       "no scheduling decision visits more than %u queue nodes (most %llu, mean %.2f)",
	       20 * bits, (unsigned long long)cost.decision,
	       (double)cost.mean / (double)cost.decisions);
	tap_ok(cost.level <= 10 * bits,
	       "none of %llu calls of sched_level() visits more than %u queue nodes (most %llu)",
	       (unsigned long long)cost.levels, 10 * bits, (unsigned long long)cost.level);
}

/* No vCPU runs any more: all that the vCPUs ever ran is what the CPUs gave to vCPUs. */
static void check_books(void)
{
	uint64_t ran = 0, given = 0;

	for (unsigned i = 0; i < sim.nvcpus; i++) {
		struct pvtime_totals totals;
		struct sched_ledger l;

		sched_ledger(&sim.v[i], &l);
		pvtime_totals(&l.time, sim.now, &totals);
		ran += totals.ticks[PVTIME_RUNNING] + l.past[PVTIME_RUNNING];
	}
	for (unsigned cpu = 0; cpu < sim.ncpus; cpu++) {
		struct books b = sched_books(cpu);

		given += books_given(&b, sim.now);
	}
	tap_is_u64(
		ran, given,
		"the time that all vCPUs ran, resets included, is the time that the CPUs gave to vCPUs");
}

static void fuzz(unsigned ncpus, unsigned nvcpus, uint64_t events)
{
	uint64_t capped_too_long = 0;

	memset(&cost, 0, sizeof(cost));
	populate(ncpus, nvcpus);
	while (sim.events < events && !sim.errors) {
		disturb();
		sim_run(rnd(sim.ms));
		for (unsigned i = 0; i < sim.nvcpus; i++) {
			const struct sched_vcpu *s = &sim.v[i].sched;

			/* A vCPU overruns its cap by the latency of an interrupt at most. */
			capped_too_long += s->cap_budget != UINT64_MAX &&
					   s->cap_used > s->cap_budget + sim.latency + 100;
		}
	}
	if (!tap_ok(!sim.errors,
		    "%u CPUs, %u vCPUs: the scheduler's invariants hold at all %llu events, %llu switches, %llu kicks",
		    ncpus, nvcpus, (unsigned long long)sim.events, (unsigned long long)sim.switches,
		    (unsigned long long)sim.kicks))
		tap_print("# %s\n", sim.error);
	tap_is_u64(capped_too_long, 0,
		   "no vCPU overruns its cap by more than the latency of an interrupt");
	check_cost(nvcpus);
	sched_pause_all(sim_on(0), sim_clock(0));
	sim_settle();
	check_books();
	tap_ok(sched_all_paused(),
	       "sched_pause_all() after the run leaves every vCPU PAUSED or OFF");
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
