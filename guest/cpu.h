/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_CPU_H
#define GUEST_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include "exception.h"

#define CPU_MAX		8u
#define CPU_STACK_BYTES 16384u

/*
 * One for each CPU of the FDT. cpus[0] is the CPU on which the guest started. TPIDR_EL1 points at
 * the calling CPU's.
 */
struct cpu {
	uint64_t stack_top; /* start.S: offset 0 */
	uint64_t mpidr;	    /* affinity fields, in PSCI's format */
	unsigned index;
	uint64_t gic_private; /* address of the frame for its INTIDs 0 to 31 */
	uint64_t gicr;	      /* GICv3: its redistributor; 0: not found yet */
	uint8_t gic_target;   /* GICv2: its bit in a list of target CPUs */
	struct fault_expectation expectation;
	unsigned mmu_changes; /* for mmu_fault_is_transient() */
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
 * Start a CPU by PSCI CPU_ON. It calls run(arg) with a stack of its own, with MMU and GIC CPU
 * interface on and interrupts masked, and calls CPU_OFF when run() returns. Returns the result of
 * CPU_ON.
 */
int64_t cpu_start(unsigned index, void (*run)(void *arg), void *arg);

/*
 * Wait until AFFINITY_INFO reports the CPU as off. Returns false if that takes more than `ms`
 * milliseconds.
 */
bool cpu_wait_off(unsigned index, unsigned ms);

#endif
