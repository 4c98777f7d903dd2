/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a guest operating system adopts the library: its scheduler charges tasks without stolen time,
 * and a busy host does not trigger its watchdog. docs/porting.md shows the parts between marks.
 */
#include <stddef.h>
#include "examples/guest.h"

/* port: begin */
static struct pvtime_guest stolen_time;

static struct {
	struct pvtime_guest_cpu pv;
	const struct pvtime_stolen *page;
	uint64_t seen_ns; /* stolen time that task_time_ns() has left out so far */
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
	os_wait_for_readers(); /* on other CPUs, which may still read the page */
	if (cpus[cpu].page)
		os_unmap_stolen(cpus[cpu].page);
	cpus[cpu].page = NULL;
}
/* port: end */

/* port: begin */
/* The stolen time of a CPU so far, in ns. Any CPU may call this at any time, without a lock. */
uint64_t steal_clock(unsigned int cpu)
{
	return pvtime_guest_stolen_ns(&cpus[cpu].pv);
}

/*
 * How much of the last `elapsed_ns` the task of this CPU had the CPU, in ns. Call this on the CPU
 * each time that its scheduler charges the task: at its timer interrupt and at a switch of tasks.
 */
uint64_t task_time_ns(unsigned int cpu, uint64_t elapsed_ns)
{
	uint64_t stolen = steal_clock(cpu) - cpus[cpu].seen_ns;

	if (stolen > elapsed_ns)
		stolen = elapsed_ns; /* the next call leaves out the rest */
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

/* Start a deadline of budget_ns for `cpu`. */
void watchdog_start(struct pvtime_deadline *d, unsigned int cpu, uint64_t budget_ns)
{
	struct pvtime_sample now = sample(cpu);

	pvtime_deadline_start(d, &now, budget_ns, os_counter_hz());
}

/* `cpu` calls both functions itself. If another CPU calls them, pass PVTIME_STALE_NS here. */
bool watchdog_passed(const struct pvtime_deadline *d, unsigned int cpu)
{
	struct pvtime_sample now = sample(cpu);

	return pvtime_deadline_passed(d, &now, 0);
}
/* port: end */
