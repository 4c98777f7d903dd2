/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpvtime-kvm on a KVM that keeps the total of stolen time itself (ports/linux), and on one that
 * does not: read-only regions, reset, save, restore and rebase.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <linux/kvm.h>
#include <pvtime/abi.h>
#include <pvtime/kvm.h>
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"

#define BASE  0x90a0000u
#define VCPUS 3u
#define SLOT  1u

static const struct pvtime_range place = {BASE, 0x10000};

static void start(bool keeps_total)
{
	fake_start();
	fake.keeps_total = keeps_total;
	fake.early_publishes = keeps_total;
}

/* A region of VM `vm` whose vCPUs have their addresses. */
static struct pvtime_kvm *region(unsigned vm)
{
	struct pvtime_kvm *k;

	pvtime_kvm_create(&k, FAKE_VM(vm), SLOT, &place, VCPUS);
	pvtime_kvm_read_only(k, FAKE_VCPU(vm, 0));
	pvtime_kvm_register(k);
	for (uint32_t i = 0; i < VCPUS; i++)
		pvtime_kvm_vcpu_set(k, i, FAKE_VCPU(vm, i));
	return k;
}

static struct pvtime_stolen *structure(const struct pvtime_kvm *k, uint32_t index)
{
	struct pvtime_stolen *structures = pvtime_kvm_memory(k, NULL);

	return &structures[index];
}

static uint64_t stolen(const struct pvtime_kvm *k, uint32_t index)
{
	uint64_t ns = 0;

	pvtime_kvm_vcpu_stolen_ns(k, index, &ns);
	return ns;
}

static void test_read_only(void)
{
	struct pvtime_kvm *k;

	start(true);
	pvtime_kvm_create(&k, FAKE_VM(0), SLOT, &place, VCPUS);
	tap_is_i64(pvtime_kvm_read_only(k, -1), -EBADF, "a region needs a vCPU to be read-only");
	tap_is_i64(pvtime_kvm_read_only(k, FAKE_VCPU(0, 0)), 1,
		   "a region is made read-only where KVM keeps the total");
	pvtime_kvm_register(k);
	tap_ok(fake.vms[0].slots[SLOT].read_only, "the slot of a read-only region is read-only");
	tap_is_i64(pvtime_kvm_read_only(k, FAKE_VCPU(0, 0)), -EBUSY,
		   "a registered region is not made read-only");
	tap_is_i64(pvtime_kvm_log_dirty(k, 1), 0, "a read-only region can have a dirty log");
	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0)), 0,
		   "a vCPU gets its address in a read-only region");
	tap_is_i64(pvtime_kvm_destroy(k), 0, "a read-only region is released");

	start(false);
	pvtime_kvm_create(&k, FAKE_VM(0), SLOT, &place, VCPUS);
	tap_is_i64(pvtime_kvm_read_only(k, FAKE_VCPU(0, 0)), 0,
		   "a region is not made read-only where KVM does not keep the total");
	pvtime_kvm_register(k);
	tap_ok(!fake.vms[0].slots[SLOT].read_only, "the slot of such a region is writable");
	pvtime_kvm_destroy(k);

	static _Alignas(64) uint8_t memory[0x10000];
	pvtime_kvm_create_with_memory(&k, FAKE_VM(0), &place, VCPUS, memory);
	tap_is_i64(pvtime_kvm_read_only(k, FAKE_VCPU(0, 0)), -EPERM,
		   "the flags of the VMM's own slot are the VMM's");
	pvtime_kvm_destroy(k);
}

static void test_refuse(void)
{
	start(true);
	struct pvtime_kvm *k = region(0);
	const struct fake_vcpu *vcpu = &fake.vms[0].vcpus[1];

	tap_is_i64(pvtime_kvm_vcpu_refuse(k, FAKE_VCPU(0, 1), BASE - 1), 0,
		   "an access below the region is left to the VMM");
	tap_is_i64(pvtime_kvm_vcpu_refuse(k, FAKE_VCPU(0, 1), BASE + 0x10000), 0,
		   "an access above the region is left to the VMM");
	tap_is_u64(vcpu->aborts, 0, "an access that is left to the VMM causes no abort");
	tap_is_i64(pvtime_kvm_vcpu_refuse(k, FAKE_VCPU(0, 1), BASE), 1,
		   "a store at the region's begin is refused");
	tap_is_i64(pvtime_kvm_vcpu_refuse(k, FAKE_VCPU(0, 1), BASE + 0xffff), 1,
		   "a store at the region's end is refused");
	tap_is_u64(vcpu->aborts, 2, "each refused store gives its vCPU an abort");
	tap_is_i64(pvtime_kvm_vcpu_refuse(k, -1, BASE), -EBADF, "a refusal needs a vCPU");
	pvtime_kvm_destroy(k);
}

static void test_reset(void)
{
	start(true);
	struct pvtime_kvm *k = region(0);

	fake_run(0, 1, 5000);
	fake_run(0, 1, 3000);
	tap_is_u64(stolen(k, 1), 3000, "the counter is what the vCPU's thread has waited");
	pvtime_kvm_reset(k);
	tap_is_u64(stolen(k, 1), 0, "a reset zeroes the counter");
	fake_run(0, 1, 40);
	fake_run(0, 1, 7);
	tap_is_u64(stolen(k, 1), 7, "a reset zeroes the total as well");
	/* The descriptor is now that of a vCPU elsewhere. */
	fake.vms[0].vcpus[1].ipa = BASE + 0x100000;
	pvtime_kvm_reset(k);
	tap_is_u64(fake.vms[0].vcpus[1].total, 7, "a reset leaves the total of another vCPU alone");
	pvtime_kvm_destroy(k);
}

/* Save vCPU 1, whose guest may have written to its structure; return what was saved. */
static uint64_t saved_counter(bool keeps_total, uint64_t written, uint8_t blob[256])
{
	start(keeps_total);
	struct pvtime_kvm *k = region(0);
	struct pvtime_kvm *copy;

	fake_run(0, 1, 0);
	fake_run(0, 1, 1000);
	structure(k, 1)->stolen_ns += written;
	fake.run_delay += 500;
	pvtime_kvm_save(k, blob, pvtime_kvm_snapshot_size(k));
	pvtime_kvm_destroy(k);
	pvtime_kvm_create(&copy, FAKE_VM(1), SLOT, &place, VCPUS);
	pvtime_kvm_restore(copy, FAKE_VCPU(1, 0), blob, pvtime_kvm_snapshot_size(copy));
	uint64_t ns = stolen(copy, 1);
	pvtime_kvm_destroy(copy);
	return ns;
}

static void test_save(void)
{
	uint8_t blob[256];

	tap_is_u64(saved_counter(true, 0, blob), 1500,
		   "what is saved includes the wait since the last publish");
	tap_is_u64(saved_counter(true, 1u << 30, blob), 1500,
		   "what a guest has written is not saved where KVM keeps the total");
	tap_is_u64(saved_counter(false, 1u << 30, blob), 123456789 + 1000 + (1u << 30),
		   "what is saved is the structure where KVM does not keep the total");

	start(true);
	struct pvtime_kvm *k = region(0);
	structure(k, 2)->stolen_ns = 4711; /* as by a migration of memory */
	pvtime_kvm_save(k, blob, pvtime_kvm_snapshot_size(k));
	pvtime_kvm_reset(k);
	pvtime_kvm_restore(k, FAKE_VCPU(0, 0), blob, pvtime_kvm_snapshot_size(k));
	tap_is_u64(stolen(k, 2), 4711, "a vCPU that has not run since its migration is saved");
	pvtime_kvm_destroy(k);
}

static void test_rebase(void)
{
	start(true);
	struct pvtime_kvm *k = region(0);

	structure(k, 0)->stolen_ns = 4711;
	fake.run_delay += 1000;
	tap_is_i64(pvtime_kvm_vcpu_rebase(k, 0, SIGUSR1), 0, "a restored vCPU is rebased");
	tap_is_u64(fake.runs, 0, "a rebase needs no KVM_RUN where KVM keeps the total");
	tap_is_u64(stolen(k, 0), 4711, "a rebase does not change the counter");
	fake.run_delay += 1000;
	fake_run(0, 0, 0);
	tap_is_u64(stolen(k, 0), 4711, "nothing before the vCPU's first run is charged");
	fake_run(0, 0, 300);
	tap_is_u64(stolen(k, 0), 5011, "after its first run, a rebased vCPU is charged");

	/* Later, the vCPU moves to another thread. */
	fake.run_delay += 1000000;
	pvtime_kvm_vcpu_rebase(k, 0, SIGUSR1);
	fake_run(0, 0, 0);
	tap_is_u64(stolen(k, 0), 5011, "a vCPU that moves to another thread keeps its counter");
	structure(k, 0)->stolen_ns = UINT64_MAX;
	pvtime_kvm_vcpu_rebase(k, 0, SIGUSR1);
	fake_run(0, 0, 0);
	tap_is_u64(stolen(k, 0), 5011, "a rebase does not take more than KVM has counted");
	tap_is_i64(pvtime_kvm_vcpu_rebase(k, VCPUS, SIGUSR1), -EINVAL,
		   "a rebase of an index that is too large is rejected");
	tap_is_i64(pvtime_kvm_vcpu_rebase(k, 0, SIGKILL), -EINVAL,
		   "a rebase with SIGKILL is rejected");
	pvtime_kvm_destroy(k);
}

int main(void)
{
	test_read_only();
	test_refuse();
	test_reset();
	test_save();
	test_rebase();
	return tap_done();
}
