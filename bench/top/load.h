/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_TOP_LOAD_H
#define BENCH_TOP_LOAD_H

/* What a Linux host does while bench/top/run measures `pvtime top`, see load.c. */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include "tests/kvm/must.h"

#define NS_PER_S 1000000000ull

/* The system counter. */
static inline uint64_t counter(void)
{
	uint64_t ticks;

	__asm__ volatile("mrs	%0, cntvct_el0" : "=r"(ticks)::"memory");
	return ticks;
}

/*
 * vm.c: VMs whose vCPUs execute `work` rounds of a loop of two instructions and then WFI, again and
 * again. make_vm() returns the VM's descriptor, make_vcpu() the vCPU's. run_vcpu() runs it until a
 * signal comes.
 */
int make_vm(void);
int make_vcpu(int vm, unsigned index, uint64_t work);
void run_vcpu(int vcpu);

/* Let SIGALRM interrupt the calling thread in `first_ns`, and then each `then_ns` if not 0. */
void interrupt_at(uint64_t first_ns, uint64_t then_ns);

/* Make the calling thread one that has run a vCPU and was seen to wait in KVM_RUN. */
void become_vcpu(void);

/* The words of the command, without its name. Each function measures or loads as load.c says. */
void measure_turns(char **words);
void measure_messages(char **words);
void run_vms(char **words);
void run_on_screen(char **words);
void tell_maps(char **words);
void attach_empty(char **words);

/* The number that a word must be, from 0 to `most`. */
unsigned number(const char *word, unsigned most);

#endif
