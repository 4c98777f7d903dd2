/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_LIBRARY_H
#define TESTS_KVM_LIBRARY_H

/*
 * libpvtime-kvm on a real /dev/kvm. The VM is a minimal one (conformance/user/vm.h), and another
 * process competes for its CPU all the time. The reference is the run_delay of the thread that runs
 * the vCPU. library.t runs this program on an arm64 Linux at EL2 in QEMU.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/kvm.h>
#include "conformance/user/vm.h"

#define SIGNAL	SIGUSR1
#define WAIT_NS 50000000u /* how long a thread has to wait for a CPU: many timeslices */
#define SLOT	5u	  /* the memory slot of regions that tests make themselves */

void test_addresses(void); /* address.c */
void test_counters(void);  /* counter.c */
void test_restore(void);   /* restore.c */
void test_dirty_log(void); /* dirty_log.c */
void test_migrate(void);   /* migrate.c */
void test_deny(void);	   /* deny.c */
void test_read_only(void); /* read_only.c */

/* Each prints one TAP result. is_error: `got` must be -`error`; 0 stands for success. */
__attribute__((format(printf, 2, 3))) void expect(bool ok, const char *format, ...);
__attribute__((format(printf, 3, 4))) void expect_u64(uint64_t got, uint64_t want,
						      const char *format, ...);
void is_error(int got, int error, const char *what);

/* The counter of vCPU `index`, ns. */
uint64_t stolen(const struct vm *vm, uint32_t index);

/* Complete a store for which KVM_RUN has returned, without running the guest further. */
void vcpu_complete(struct vcpu *vcpu);

/*
 * Whether the VM's KVM keeps the totals itself, as with ports/linux: what is expected depends on
 * it.
 */
bool keeps_total(const struct vm *vm);

/* Make a VM with a region, and set the addresses of all its vCPUs. */
void vm_with_stolen(struct vm *vm);

/* dirty_log.c: wait for a CPU for 5 ms, and run the vCPU until its next store. */
void wait_and_run(struct vcpu *vcpu);

/*
 * dirty_log.c: get and clear the dirty log of a slot of the region's size: bit n is page n.
 * FIRST_PAGE is the page with the structures of all VM_VCPUS vCPUs.
 */
uint64_t logged(const struct vm *vm, uint32_t slot);
#define FIRST_PAGE   1u
#define SLOT_LIBRARY 1u /* the slot of vm_give_stolen() */

/* A counter, and run_delay right before and right after it was read. */
struct sample {
	uint64_t delay_before, delay_after, stolen; /* ns */
};

/* Run the vCPU until its next store, and look at its counter. */
struct sample run_once(struct vm *vm, uint32_t index);

/*
 * The counter must have grown by as much as run_delay between two samples. The bounds allow for
 * what the thread waited while each sample was taken.
 */
void grew(const struct sample *from, const struct sample *to, const char *what);

#endif
