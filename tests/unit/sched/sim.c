/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/sched/sim.h"

#include <stdlib.h>
#include <string.h>

struct sim sim;

/* The rounds after which sim_settle() decides that the CPUs never come to rest. */
#define MAX_ROUNDS 1000u

void sim_error(const char *what)
{
	if (!sim.errors++)
		sim.error = what;
}

void cpu_kick(unsigned cpu)
{
	if (cpu >= sim.ncpus)
		abort();
	sim.kicks++;
	sim.cpu[cpu].kicked = true;
}

void vm_dropped(uint64_t vms)
{
	sim.dropped |= vms;
}

void sim_set_apart(unsigned i)
{
	static struct vm apart[SIM_VCPUS];

	apart[i] = sim.vm;
	sim.v[i].vm = &apart[i];
}

uint64_t sim_us(uint64_t n)
{
	return n * sim.freq / 1000000;
}

unsigned sim_on(unsigned cpu)
{
	sim.cpu[cpu].kicked = true;
	sim.cpu[cpu].called = true;
	return cpu;
}

uint64_t sim_clock(unsigned cpu)
{
	return sim.now - sim.skew[cpu];
}

unsigned sim_number(const struct vcpu *v)
{
	return (unsigned)(v - sim.v);
}

void sim_init(unsigned ncpus, uint32_t timeslice_us)
{
	memset(&sim, 0, sizeof(sim));
	sim.ncpus = ncpus;
	sim.freq = 62500000;
	sim.ms = sim.freq / 1000;
	sim.stay = sim.freq * min_u64(100, timeslice_us / 2u) / 1000000;
	sim.now = 123456789;
	sim.idle_since = UINT64_MAX;
	sim.vm.vcpus = sim.v;
	sim.vm.dialect = PVTIME_DIALECT_1_0;
	sched_init(ncpus, (uint32_t)sim.freq, timeslice_us, sim.now);
}

unsigned sim_add(uint32_t weight, uint32_t cap, uint8_t affinity, uint64_t burst, uint64_t sleep)
{
	unsigned i = sim.nvcpus++;
	struct sim_vcpu *g = &sim.vcpu[i];

	if (!affinity)
		affinity = (uint8_t)((1u << sim.ncpus) - 1u);
	*g = (struct sim_vcpu){.weight = weight,
			       .cap = cap,
			       .affinity = affinity,
			       .burst = burst,
			       .sleep = sleep,
			       .burst_end = burst,
			       .ready_since = UINT64_MAX};
	sim.v[i].vm = &sim.vm;
	sim.vm.nvcpus = sim.nvcpus;
	sched_add(&sim.v[i], weight, cap, affinity, sim.now);
	pvtime_map(&sim.v[i].time.view, &g->page);
	sched_start(&sim.v[i], sim_on(0), sim.now);
	return i;
}

enum pvtime_state sim_state(unsigned i)
{
	return pvtime_get_state(&sim.v[i].time);
}

uint64_t sim_total(unsigned i, enum pvtime_state state)
{
	struct pvtime_totals totals;
	uint64_t sum = 0;

	pvtime_totals(&sim.v[i].time, sim.now, &totals);
	for (unsigned s = 0; s < PVTIME_STATES; s++)
		sum += totals.ticks[s];
	if (sum != totals.elapsed)
		sim_error("R-25: the states don't add up to the elapsed time");
	return totals.ticks[state];
}

uint64_t sim_ran(unsigned i)
{
	return sim_total(i, PVTIME_RUNNING);
}

void sim_mark(void)
{
	sim.marked_at = sim.now;
	for (unsigned i = 0; i < sim.nvcpus; i++) {
		sim.vcpu[i].mark = sim_ran(i);
		sim.vcpu[i].worst_wait = 0;
	}
}

double sim_share(unsigned i)
{
	return (double)(sim_ran(i) - sim.vcpu[i].mark) / (double)(sim.now - sim.marked_at);
}

/* One turn of the run loop in sched.h; a wait for another CPU continues in a later round. */
static void run_loop(unsigned cpu)
{
	struct sim_cpu *c = &sim.cpu[cpu];

	if (!c->claiming) {
		struct vcpu *v;

		sched_alarm_due(cpu, sim_clock(cpu));
		v = sched_next(cpu, sim_clock(cpu));

		c->kicked = false;
		c->entries++;
		sim_check_turn(cpu, v);
		c->current = v;
		c->deadline = sched_deadline(cpu);
		if (v == c->loaded)
			return;
		sim.switches++;
		if (c->loaded)
			sched_release(&c->loaded->sched);
		c->loaded = v;
		c->claiming = v;
	}
	if (c->claiming && !c->loaded->sched.on_cpu) {
		sched_claim(&c->loaded->sched);
		c->claiming = false;
	}
}

/* When this CPU's timer interrupts it, on the clock of sim.now. */
static uint64_t interrupt_at(unsigned cpu)
{
	uint64_t at = sim.cpu[cpu].deadline;

	return at == UINT64_MAX ? at : at + sim.latency + sim.skew[cpu];
}

static bool wants_attention(unsigned cpu)
{
	const struct sim_cpu *c = &sim.cpu[cpu];

	return c->kicked || c->claiming || !c->entries || interrupt_at(cpu) <= sim.now;
}

void sim_settle(void)
{
	bool again = true;

	for (unsigned round = 0; again; round++) {
		if (round == MAX_ROUNDS) {
			sim_error("the CPUs don't come to rest");
			return;
		}
		again = false;
		for (unsigned cpu = 0; cpu < sim.ncpus; cpu++) {
			if (wants_attention(cpu)) {
				again = true;
				run_loop(cpu);
			}
		}
	}
}

/* The burst of the running vCPU is over: it sleeps, unless a wake-up came meanwhile. */
static void finish_burst(unsigned cpu)
{
	unsigned i = sim_number(sim.cpu[cpu].current);
	struct sim_vcpu *g = &sim.vcpu[i];
	uint64_t now = sim_clock(cpu), until = g->sleep ? now + g->sleep : UINT64_MAX;

	g->burst_end = sim_ran(i) + g->burst;
	sched_will_block(&sim.v[i]);
	sched_block(&sim.v[i], sim_on(cpu), now, until);
}

static uint64_t burst_ends(const struct sim_cpu *c)
{
	uint64_t ran;
	unsigned i;

	if (!c->current)
		return UINT64_MAX;
	i = sim_number(c->current);
	if (!sim.vcpu[i].burst || sim_state(i) != PVTIME_RUNNING)
		return UINT64_MAX;
	ran = sim_ran(i);
	return sim.now + (ran < sim.vcpu[i].burst_end ? sim.vcpu[i].burst_end - ran : 0);
}

void sim_run(uint64_t ticks)
{
	uint64_t end = sim.now + ticks;

	sim_settle();
	sim_check();
	while (sim.now < end) {
		uint64_t next = end;

		for (unsigned cpu = 0; cpu < sim.ncpus; cpu++) {
			next = min_u64(next, interrupt_at(cpu));
			next = min_u64(next, burst_ends(&sim.cpu[cpu]));
		}
		sim.now = max_u64(next, sim.now);
		sim.events++;
		for (unsigned cpu = 0; cpu < sim.ncpus; cpu++)
			if (burst_ends(&sim.cpu[cpu]) == sim.now)
				finish_burst(cpu);
		sim_settle();
		sim_check();
	}
}
