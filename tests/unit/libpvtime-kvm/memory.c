/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpvtime-kvm: the region's memory for a VMM that migrates it: the library's, handed out and
 * logged; and the VMM's own, handed in.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <pvtime/kvm.h>
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"

#define GRANULE 0x10000u
#define BASE	0x90a0000u
#define VCPUS	3u
#define SLOT	1u

static const struct pvtime_range region = {BASE, GRANULE};

static struct fake_slot *slot(void)
{
	return &fake.vms[0].slots[SLOT];
}

static void test_log(void)
{
	struct pvtime_kvm *k;

	fake_start();
	pvtime_kvm_create(&k, FAKE_VM(0), SLOT, &region, VCPUS);
	unsigned calls = fake.calls;
	tap_is_i64(pvtime_kvm_log_dirty(k, 1), 0,
		   "the log is switched on before the region is registered");
	tap_is_u64(fake.calls, calls, "switching the log of no slot makes no call");
	pvtime_kvm_register(k);
	tap_ok(slot()->log_dirty, "the region is registered with its log on");
	pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0));
	fake_run(0, 0, 100);
	tap_ok(slot()->dirty, "the log has what KVM publishes");
	calls = fake.calls;
	tap_is_i64(pvtime_kvm_log_dirty(k, 2), 0, "the log is switched on again");
	tap_is_u64(fake.calls, calls, "switching a log on again makes no call");
	tap_is_i64(pvtime_kvm_log_dirty(k, 0), 0, "the log is switched off");
	tap_ok(!slot()->log_dirty && slot()->size == GRANULE && slot()->base == BASE,
	       "the slot whose log is switched off is still there");
	fake.fail_at = fake.calls + 1;
	fake.fail_error = ENOMEM;
	tap_is_i64(pvtime_kvm_log_dirty(k, 1), -ENOMEM, "KVM's error is passed on");
	pvtime_kvm_unregister(k);
	pvtime_kvm_register(k);
	tap_ok(!slot()->log_dirty, "a log that could not be switched on is still off");
	pvtime_kvm_log_dirty(k, 1);
	pvtime_kvm_unregister(k);
	pvtime_kvm_register(k);
	tap_ok(slot()->log_dirty, "the log is on after the slot was removed and made again");
	tap_is_i64(pvtime_kvm_destroy(k), 0, "a region with a log is destroyed");
	tap_ok(!fake_leak(), "a region with a log leaves nothing behind");
}

static void test_handed_out(void)
{
	struct pvtime_kvm *k;
	int fd = -2;

	fake_start();
	pvtime_kvm_create(&k, FAKE_VM(0), SLOT, &region, VCPUS);
	pvtime_kvm_register(k);
	tap_ok(pvtime_kvm_memory(k, &fd) == slot()->memory,
	       "the memory that is handed out is the VM's");
	tap_ok(fd >= 0, "the memory is handed out with a descriptor");
	tap_ok(pvtime_kvm_memory(k, NULL) == slot()->memory,
	       "the memory is handed out without a descriptor");
	uint64_t *words = pvtime_kvm_memory(k, NULL), ns = 0;
	words[8 + 1] = 4711; /* as migration does */
	pvtime_kvm_vcpu_stolen_ns(k, 1, &ns);
	tap_is_u64(ns, 4711, "what the VMM writes into the memory is vCPU 1's counter");
	pvtime_kvm_destroy(k);
}

static void test_refused(void)
{
	static const struct pvtime_range bad = {BASE, 4096};
	uint8_t *memory = aligned_alloc(GRANULE, GRANULE);
	struct pvtime_kvm *k = NULL;

	fake_start();
	tap_is_i64(pvtime_kvm_create_with_memory(&k, FAKE_VM(0), &region, VCPUS, NULL), -EINVAL,
		   "no memory is refused");
	tap_is_i64(pvtime_kvm_create_with_memory(&k, FAKE_VM(0), &region, VCPUS, memory + 32),
		   -EINVAL, "memory that is not aligned to 64 bytes is refused");
	tap_is_i64(pvtime_kvm_create_with_memory(&k, FAKE_VM(0), &bad, VCPUS, memory), -EINVAL,
		   "a region of a page is refused");
	fake.fail_at = fake.calls + 1;
	fake.fail_error = ENOMEM;
	tap_is_i64(pvtime_kvm_create_with_memory(&k, FAKE_VM(0), &region, VCPUS, memory), -ENOMEM,
		   "a region of the VMM's memory needs memory for itself");
	tap_ok(!k && !fake_leak(), "regions that are refused leave nothing behind");
	free(memory);
}

/* The VMM's slot, as its own KVM_SET_USER_MEMORY_REGION makes it. */
static void make_slot(void *memory)
{
	*slot() = (struct fake_slot){.base = BASE, .size = GRANULE, .memory = memory};
}

/* Migrated memory has counters already. */
static void test_handed_in(void)
{
	uint64_t *memory = aligned_alloc(GRANULE, GRANULE), ns = 0;
	struct pvtime_kvm *k = NULL;
	int fd = 0;

	fake_start();
	memset(memory, 0, GRANULE);
	memory[1] = 4711;
	fake.run_delay = 1000000; /* what the thread has waited before */
	fake.wake_ns = 0;
	tap_is_i64(pvtime_kvm_create_with_memory(&k, FAKE_VM(0), &region, VCPUS, memory), 0,
		   "a region is made of the VMM's memory");
	tap_ok(pvtime_kvm_memory(k, &fd) == memory && fd == -1,
	       "the VMM's memory is handed out without a descriptor");
	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0)), -EINVAL,
		   "a vCPU gets no address before the VMM's slot is there");
	make_slot(memory);
	const unsigned calls = fake.calls;
	tap_is_i64(pvtime_kvm_register(k), -EPERM, "the VMM's slot is not registered");
	tap_is_i64(pvtime_kvm_unregister(k), -EPERM, "the VMM's slot is not removed");
	tap_is_i64(pvtime_kvm_log_dirty(k, 1), -EPERM, "the log of the VMM's slot is not changed");
	tap_is_u64(fake.calls, calls, "the calls for a slot make no call if it is the VMM's");
	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0)), 0,
		   "a vCPU gets its address in the VMM's slot");
	tap_is_i64(pvtime_kvm_vcpu_rebase(k, 0, SIGUSR1), 0, "a migrated vCPU is rebased");
	fake_run(0, 0, 40);
	pvtime_kvm_vcpu_stolen_ns(k, 0, &ns);
	tap_is_u64(ns, 4711 + 40, "a migrated counter grows by what its thread waits from then on");
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 0, SIGUSR1), 0, "KVM publishes in the VMM's memory");
	pvtime_kvm_reset(k);
	tap_is_u64(memory[1], 0, "a reset of the VM zeroes the counter in the VMM's memory");
	tap_is_i64(pvtime_kvm_destroy(k), 0, "a region of the VMM's memory is destroyed");
	tap_ok(slot()->size == GRANULE && slot()->memory == (uint8_t *)memory,
	       "the VMM's slot is left alone when the region is destroyed");
	slot()->size = 0;
	tap_ok(!fake_leak(), "a region of the VMM's memory leaves nothing behind");
	free(memory);
}

int main(void)
{
	test_log();
	test_handed_out();
	test_refused();
	test_handed_in();
	return tap_done();
}
