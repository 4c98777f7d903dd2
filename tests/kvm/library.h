/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_LIBRARY_H
#define TESTS_KVM_LIBRARY_H

/*
 * libpvtime-kvm on the real thing: a VMM of a few instructions (conformance/user/vm.h), on the
 * host's /dev/kvm, with a process that wants the same CPU all the time. The truth is the run_delay
 * of the thread that runs the vCPU. library.t runs it, on an arm64 Linux at EL2 in QEMU.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/kvm.h>
#include "conformance/user/vm.h"

#define SIGNAL	SIGUSR1
#define WAIT_NS 50000000u /* what a thread is to wait for: many timeslices */
#define SLOT	5u	  /* of regions that tests make themselves */

void test_addresses(void); /* address.c */
void test_counters(void);  /* counter.c */
void test_restore(void);   /* restore.c */
void test_deny(void);	   /* deny.c */

/* One TAP result each. is_error: this errno, negative, or 0 for success. */
__attribute__((format(printf, 2, 3))) void expect(bool ok, const char *format, ...);
__attribute__((format(printf, 3, 4))) void expect_u64(uint64_t got, uint64_t want,
						      const char *format, ...);
void is_error(int got, int error, const char *what);

/* The counter of vCPU `index`, ns. */
uint64_t stolen(const struct vm *vm, uint32_t index);

/* A VM with structures, and its vCPUs' addresses set. */
void vm_with_stolen(struct vm *vm);

/* run_delay before and after something was done, and the counter then. */
struct sample {
	uint64_t delay_before, delay_after, stolen; /* ns */
};

/* Has the counter grown between two samples by what was waited, but for the samples themselves? */
void grew(const struct sample *from, const struct sample *to, const char *what);

#endif
