/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpu.h"
#include "board.h"
#include "gic.h"
#include "psci.h"
#include "start.h"
#include "timer.h"

struct cpu cpus[CPU_MAX];
static _Alignas(16) uint8_t stacks[CPU_MAX][CPU_STACK_BYTES]; /* cpus[0] has its stack in start.S */

unsigned cpu_count(void)
{
	return board.cpus;
}

int64_t cpu_start(unsigned index, void (*run)(void *arg), void *arg)
{
	struct cpu *cpu = &cpus[index];

	cpu->stack_top = (uint64_t)(uintptr_t)&stacks[index][CPU_STACK_BYTES];
	cpu->index = index;
	cpu->run = run;
	cpu->arg = arg;
	return psci_cpu_on(cpu->mpidr, (uint64_t)(uintptr_t)secondary_start,
			   (uint64_t)(uintptr_t)cpu);
}

bool cpu_wait_off(unsigned index, unsigned ms)
{
	uint64_t end = counter_virtual() + timer_ticks(ms);

	while (psci_affinity_info(cpus[index].mpidr) != PSCI_AFFINITY_OFF) {
		if (counter_virtual() > end)
			return false;
		cpu_relax();
	}
	return true;
}

void secondary_main(struct cpu *cpu)
{
	gic_init_cpu();
	cpu->run(cpu->arg);
	psci_cpu_off();
}
