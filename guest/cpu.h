/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_CPU_H
#define GUEST_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include "exception.h"

#define CPU_MAX		8u
#define CPU_STACK_BYTES 16384u

/*
 * One for each CPU of the FDT; cpus[0] is the one that the guest started on. TPIDR_EL1 points at
 * it.
 */
struct cpu {
	uint64_t stack_top; /* start.S: offset 0 */
	uint64_t mpidr;	    /* affinity fields, as PSCI wants them */
	unsigned index;
	uint64_t gic_private; /* the frame with its INTIDs 0 to 31 */
	uint64_t gicr;	      /* GICv3: its redistributor, 0: none found yet */
	uint8_t gic_target;   /* GICv2: its bit in lists of CPUs */
	struct fault_expectation expectation;
	unsigned mmu_changes; /* mmu_fault_is_transient() */
	void (*run)(void *arg);
	void *arg;
};

extern struct cpu cpus[CPU_MAX];

/* How many CPUs the FDT has, at most CPU_MAX. */
unsigned cpu_count(void);

static inline struct cpu *cpu_self(void)
{
	struct cpu *cpu;

	__asm__ volatile("mrs %0, tpidr_el1" : "=r"(cpu));
	return cpu;
}

/*
 * PSCI CPU_ON: call run(arg) on that CPU, with its own stack, MMU and GIC CPU interface on and
 * interrupts masked; CPU_OFF when it returns. Returns what CPU_ON returned.
 */
int64_t cpu_start(unsigned index, void (*run)(void *arg), void *arg);

/* Wait until AFFINITY_INFO says that the CPU is off; false: it was not within `ms`. */
bool cpu_wait_off(unsigned index, unsigned ms);

#endif
