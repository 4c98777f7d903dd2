/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a guest operating system adopts the library: a steal clock for its scheduler, and a watchdog
 * that a busy host does not trigger. docs/porting.md shows the parts between marks.
 */
#include <stddef.h>
#include "examples/guest.h"

/* port: begin */
static struct pvtime_guest stolen_time;

static struct {
	struct pvtime_guest_cpu pv;
	const struct pvtime_stolen *page;
	uint64_t seen_ns; /* stolen time that steal_tick() has accounted for */
} cpus[OS_CPUS];

/* At boot: call this once, on any CPU. */
int steal_init(void)
{
	return pvtime_guest_discover(&stolen_time, os_smccc, PVTIME_DIALECT_1_0);
}
/* port: end */

/* port: begin */
/* Call this on the CPU that comes online, under the lock of CPU hotplug. */
int steal_cpu_online(unsigned int cpu)
{
	uint64_t ipa;
	int error = pvtime_guest_locate(&stolen_time, &cpus[cpu].pv, &ipa);

	if (error)
		return error;
	cpus[cpu].page = os_map_stolen(ipa);
	error = pvtime_guest_attach(&cpus[cpu].pv, cpus[cpu].page);
	if (error)
		steal_cpu_offline(cpu);
	/* Time that was stolen before now is not charged to the task that runs now. */
	cpus[cpu].seen_ns = steal_clock(cpu);
	return error;
}

/* Call this on the CPU that goes offline. Its stolen time keeps the last value. */
void steal_cpu_offline(unsigned int cpu)
{
	pvtime_guest_detach(&cpus[cpu].pv);
	if (cpus[cpu].page)
		os_unmap_stolen(cpus[cpu].page);
	cpus[cpu].page = NULL;
}
/* port: end */

/* port: begin */
/* The stolen time of a CPU so far, in ns. Any CPU may call this. */
uint64_t steal_clock(unsigned int cpu)
{
	return pvtime_guest_stolen_ns(&cpus[cpu].pv);
}

/* At the CPU's tick, `elapsed_ns` after the last one: returns the time that its task really had. */
uint64_t steal_tick(unsigned int cpu, uint64_t elapsed_ns)
{
	uint64_t stolen = steal_clock(cpu) - cpus[cpu].seen_ns;

	if (stolen > elapsed_ns)
		stolen = elapsed_ns; /* the rest belongs to the next tick */
	cpus[cpu].seen_ns += stolen;
	return elapsed_ns - stolen;
}
/* port: end */

/* port: begin */
static struct pvtime_sample sample(unsigned int cpu)
{
	struct pvtime_sample s;

	pvtime_sample_begin(&s, &cpus[cpu].pv);
	while (!pvtime_sample_end(&s, &cpus[cpu].pv, os_counter()))
		;
	return s;
}

/* Call this on the CPU that it watches. On another CPU, pass PVTIME_STALE_NS instead of 0. */
bool watchdog_passed(const struct pvtime_deadline *d, unsigned int cpu)
{
	struct pvtime_sample now = sample(cpu);

	return pvtime_deadline_passed(d, &now, 0);
}
/* port: end */

void watchdog_start(struct pvtime_deadline *d, unsigned int cpu, uint64_t budget_ns)
{
	struct pvtime_sample now = sample(cpu);

	pvtime_deadline_start(d, &now, budget_ns, os_counter_hz());
}
