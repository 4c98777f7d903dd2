/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CPU_H
#define CPU_H

/* A physical CPU. */
#include "arch.h"
#include "machine/map.h"
#include "types.h"

struct vcpu;

struct cpu {
	unsigned id; /* index in cpus[]; must be first: boot.S */
	uint64_t mpidr;
	uint64_t redist;      /* its GIC redistributor, physical address */
	struct vcpu *loaded;  /* the vCPU whose registers it holds, or NULL */
	uint64_t timer_armed; /* what the EL2 timer is set to, UINT64_MAX: off */
	bool online;
	bool kicked; /* SGI_KICK is on its way here */
};

extern struct cpu cpus[MAP_MAX_PCPUS];
extern unsigned cpu_count;

static inline struct cpu *this_cpu(void)
{
	return (struct cpu *)read_sysreg(tpidr_el2);
}

__attribute__((noreturn)) static inline void cpu_halt(void)
{
	for (;;)
		wfi();
}

/* Set the configuration of EL2 that is the same for every guest. Each CPU calls it once. */
void cpu_init_el2(void);
/* SGI_KICK was taken: the next cpu_kick() sends another. Called before the reason is looked for. */
void cpu_take_kick(struct cpu *cpu);
/* Start all other CPUs of the board; they enter secondary_main(). The boot CPU calls it. */
void cpu_start_all(void);

#endif
