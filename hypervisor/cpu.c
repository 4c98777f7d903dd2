/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpu.h"
#include "asm.h"
#include "firmware.h"
#include "gic.h"
#include "panic.h"
#include "run.h"
#include "sched.h"

struct cpu cpus[MAP_MAX_PCPUS];
unsigned cpu_count;

_Static_assert(STACKS == MAP_MAX_PCPUS, "boot.S");

extern char secondary_start[];
void secondary_main(struct cpu *cpu) __attribute__((noreturn));

void cpu_halt(void)
{
	for (;;)
		wfi();
}

void secondary_main(struct cpu *cpu)
{
	const char *wrong;

	cpu_init_el2();
	wrong = gic_init_cpu();
	if (wrong)
		panic("CPU %u has %s", cpu->id, wrong);
	__atomic_store_n(&cpu->online, true, __ATOMIC_RELEASE);
	run_forever(cpu);
}

void cpu_start_all(void)
{
	for (unsigned i = 0; i < cpu_count; i++) {
		struct cpu *cpu = &cpus[i];
		int64_t error;

		if (cpu == this_cpu())
			continue;
		dcache_clean(cpu, sizeof(*cpu)); /* read there before the caches are on */
		error = firmware_cpu_on(cpu->mpidr, (uintptr_t)secondary_start, (uintptr_t)cpu);
		if (error)
			panic("CPU %u does not start: PSCI says %ld", i, (long)error);
		while (!__atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE))
			;
	}
}

void cpu_kick(unsigned cpu)
{
	gic_send_sgi(cpu, SGI_KICK);
}
