/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpu.h"
#include "asm.h"
#include "firmware.h"
#include "gic.h"
#include "panic.h"
#include "sched/sched.h"

struct cpu cpus[MAP_MAX_PCPUS];
unsigned cpu_count;

_Static_assert(STACKS == MAP_MAX_PCPUS, "boot.S");

extern char secondary_start[];

void cpu_start_all(void)
{
	for (unsigned i = 0; i < cpu_count; i++) {
		struct cpu *cpu = &cpus[i];
		int64_t error;

		if (cpu == this_cpu())
			continue;
		dcache_clean(cpu, sizeof(*cpu)); /* the CPU reads it with its caches off */
		error = firmware_cpu_on(cpu->mpidr, (uintptr_t)secondary_start, (uintptr_t)cpu);
		if (error)
			panic("CPU %u does not start: PSCI CPU_ON returned %ld", i, (long)error);
		while (!__atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE))
			;
	}
}

/*
 * A kick that was not taken yet serves this caller, too. Both sides exchange `kicked`: a caller
 * that finds a kick under way has stored its change before, and cpu_take_kick() comes after that.
 */
void cpu_kick(unsigned cpu)
{
	if (!__atomic_exchange_n(&cpus[cpu].kicked, true, __ATOMIC_ACQ_REL))
		gic_send_sgi(cpu, SGI_KICK);
}

__attribute__((noinline)) void cpu_take_kick(struct cpu *cpu)
{
	(void)__atomic_exchange_n(&cpu->kicked, false, __ATOMIC_ACQ_REL);
}
