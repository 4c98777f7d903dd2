/* SPDX-License-Identifier: BSD-2-Clause */
/* The invariants of the simulated machine, which hold at every instant. */
#include <string.h>

#include "tests/unit/sched/sim.h"

static uint64_t most_skew(void)
{
	uint64_t most = 0;

	for (unsigned cpu = 0; cpu < sim.ncpus; cpu++)
		most = max_u64(most, sim.skew[cpu]);
	return most;
}

/*
 * A vCPU keeps the CPU that it was given for at least a stay, unless this CPU itself made a call
 * that may be the reason. A CPU may also make a vCPU move to another CPU, at most once in a stay.
 */
void sim_check_turn(unsigned cpu, const struct vcpu *next)
{
	struct sim_cpu *c = &sim.cpu[cpu];
	const struct vcpu *had = c->current;
	uint64_t turn = next ? next->sched.switches : 0;

	if (next == had && turn == c->turn)
		return;
	if (had && !c->called && pvtime_get_state(&had->time) == PVTIME_READY &&
	    had->sched.ready.queued && sim.now - c->began + most_skew() < sim.stay) {
		if (sim.now - c->moved + most_skew() < sim.stay)
			sim_error(
				"a CPU is taken from vCPUs before their stays have ended, twice within one stay");
		c->moved = sim.now;
	}
	c->began = sim.now;
	c->turn = turn;
	c->called = false;
}

/* The invariants of one vCPU. */
static void check_vcpu(unsigned i)
{
	struct sim_vcpu *g = &sim.vcpu[i];
	uint64_t stolen = sim_total(i, PVTIME_READY), shown = g->page.stolen_ns;
	uint64_t stolen_ns = pvtime_ticks_to_ns(stolen, (uint32_t)sim.freq);
	bool ready = sim_state(i) == PVTIME_READY;

	if (sim.now - pvtime_get_since(&sim.v[i].time) > sim.now || shown > stolen_ns)
		sim_error("a structure is ahead of its ledger, or a ledger is ahead of the clock");
	if (ready && stolen_ns - shown > 100000000)
		sim_error(
			"R-34: the structure of a READY vCPU lags its ledger by more than 100 ms");
	if (!ready && stolen_ns != shown)
		sim_error(
			"R-08: the structure of a vCPU that is not READY differs from its ledger");
	if (!ready)
		g->ready_since = UINT64_MAX;
	else if (g->ready_since == UINT64_MAX)
		g->ready_since = sim.now;
	else
		g->worst_wait = max_u64(g->worst_wait, sim.now - g->ready_since);
}

/*
 * Whether vCPU i can be given a CPU if the vCPUs that have one may move: an augmenting path of
 * bipartite matching. `owner` is the matching so far, and `seen` are the CPUs already tried.
 */
static bool match(unsigned i, uint8_t *seen, int owner[SCHED_MAX_CPUS])
{
	for (unsigned cpu = 0; cpu < sim.ncpus; cpu++) {
		uint8_t bit = (uint8_t)(1u << cpu);

		if (!(sim.vcpu[i].affinity & bit) || (*seen & bit))
			continue;
		*seen |= bit;
		if (owner[cpu] < 0 || match((unsigned)owner[cpu], seen, owner)) {
			owner[cpu] = (int)i;
			return true;
		}
	}
	return false;
}

void sim_check(void)
{
	unsigned running = 0, could_run = 0;
	int owner[SCHED_MAX_CPUS];

	memset(owner, -1, sizeof(owner));
	for (unsigned cpu = 0; cpu < sim.ncpus; cpu++) {
		const struct sim_cpu *c = &sim.cpu[cpu];

		if (!c->current)
			continue;
		running++;
		if (sim_state(sim_number(c->current)) != PVTIME_RUNNING)
			sim_error("a CPU runs a vCPU that is not RUNNING");
		if (!(sim.vcpu[sim_number(c->current)].affinity >> cpu & 1))
			sim_error("a vCPU runs on a CPU that it is not pinned to");
	}
	for (unsigned i = 0; i < sim.nvcpus; i++) {
		enum pvtime_state state = sim_state(i);
		uint8_t seen = 0;

		check_vcpu(i);
		running -= state == PVTIME_RUNNING;
		if (state == PVTIME_RUNNING || sim.v[i].sched.ready.queued)
			could_run += match(i, &seen, owner);
	}
	if (running)
		sim_error(
			"the number of RUNNING vCPUs differs from the number of CPUs that run one");
	for (unsigned cpu = 0; cpu < sim.ncpus; cpu++)
		could_run -= sim.cpu[cpu].current != NULL;
	/*
	 * To give each of them a CPU, as many vCPUs as there are CPUs may have to move, one after
	 * the other, and each may have just begun its stay.
	 */
	if (!could_run)
		sim.idle_since = UINT64_MAX;
	else if (sim.idle_since == UINT64_MAX)
		sim.idle_since = sim.now;
	else if (sim.now - sim.idle_since > sim.ncpus * (sim.stay + sim.latency + most_skew()))
		sim_error("a CPU idles although a waiting vCPU could have it");
}
