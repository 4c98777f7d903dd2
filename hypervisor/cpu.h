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
	struct vcpu *loaded;  /* whose registers it holds, or NULL */
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

/* EL2 configuration that is the same for every guest. Each CPU, once. */
void cpu_init_el2(void);
/* SGI_KICK was taken: from here on a kick is another one. Before what it was for is looked at. */
void cpu_take_kick(struct cpu *cpu);
/* Start all other CPUs of the board; they come to secondary_main(). Caller: the boot CPU. */
void cpu_start_all(void);

#endif
