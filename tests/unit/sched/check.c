/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold in the simulated machine at every instant. */
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
 * Nobody takes a CPU from the vCPU that has just been given it, unless this CPU itself made a call
 * that may be why; or it is to move, which a CPU makes its vCPUs do once in a stay at most.
 */
void sim_check_turn(unsigned cpu, const struct vcpu *next)
{
	struct sim_cpu *c = &sim.cpu[cpu];
	const struct vcpu *had = c->current;
	uint64_t turn = next ? next->sched.switches : 0;

	if (next == had && turn == c->turn)
		return;
	if (had && !c->called && had->time.state == PVTIME_READY && had->sched.ready.queued &&
	    sim.now - c->began + most_skew() < sim.stay) {
		if (sim.now - c->moved + most_skew() < sim.stay)
			sim_error("a vCPU loses its CPU before it has had it for a while");
		c->moved = sim.now;
	}
	c->began = sim.now;
	c->turn = turn;
	c->called = false;
}

/* What must hold of one vCPU. */
static void check_vcpu(unsigned i)
{
	struct sim_vcpu *g = &sim.vcpu[i];
	uint64_t stolen = sim_total(i, PVTIME_READY), shown = g->page.stolen_ns;
	uint64_t stolen_ns = pvtime_ticks_to_ns(stolen, (uint32_t)sim.freq);
	bool ready = sim_state(i) == PVTIME_READY;

	if (sim.now - sim.v[i].time.since > sim.now || shown > stolen_ns)
		sim_error("a structure ahead of the ledger");
	if (ready && stolen_ns - shown > 100000000)
		sim_error("R-34: not refreshed for 100 ms");
	if (!ready && stolen_ns != shown)
		sim_error("R-08: not published before it was scheduled in");
	if (!ready)
		g->ready_since = UINT64_MAX;
	else if (g->ready_since == UINT64_MAX)
		g->ready_since = sim.now;
	else
		g->worst_wait = max_u64(g->worst_wait, sim.now - g->ready_since);
}

/*
 * Can CPU `cpu` get some vCPU that wants it, if the others make room? The textbook's augmenting
 * path.
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
		sim_error("not as many vCPUs are RUNNING as CPUs run one");
	for (unsigned cpu = 0; cpu < sim.ncpus; cpu++)
		could_run -= sim.cpu[cpu].current != NULL;
	/*
	 * As many as there are CPUs may have to move for that, one after the other, and each may
	 * have just been given its CPU.
	 */
	if (!could_run)
		sim.idle_since = UINT64_MAX;
	else if (sim.idle_since == UINT64_MAX)
		sim.idle_since = sim.now;
	else if (sim.now - sim.idle_since > sim.ncpus * (sim.stay + sim.latency + most_skew()))
		sim_error("a CPU idles that a waiting vCPU could have");
}
