/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpvtime-kvm: the address of each vCPU, with errors in the order of R-10; its counter; and
 * denial.
 */
#include <errno.h>
#include <signal.h>
#include <linux/kvm.h>
#include <pvtime/kvm.h>
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"

#define BASE 0x90a0000u

static struct pvtime_kvm *region(void)
{
	const struct pvtime_range r = {BASE, 0x10000};
	struct pvtime_kvm *k;

	fake_start();
	pvtime_kvm_create(&k, FAKE_VM(0), 1, &r, 3);
	pvtime_kvm_register(k);
	return k;
}

static void test_supported(void)
{
	fake_start();
	tap_is_i64(pvtime_kvm_vm_supported(FAKE_VM(0)), 1,
		   "a kernel with stolen time supports it for a VM");
	tap_is_i64(pvtime_kvm_vcpu_supported(FAKE_VCPU(0, 0)), 1,
		   "a kernel with stolen time supports it for a vCPU");
	fake.no_stolen_time = true;
	tap_is_i64(pvtime_kvm_vm_supported(FAKE_VM(0)), 0,
		   "a kernel without stolen time does not support it for a VM");
	tap_is_i64(pvtime_kvm_vcpu_supported(FAKE_VCPU(0, 0)), 0,
		   "a kernel without stolen time does not support it for a vCPU");
	tap_is_i64(pvtime_kvm_vm_supported(-1), -EBADF,
		   "pvtime_kvm_vm_supported() fails without a VM");
	tap_is_i64(pvtime_kvm_vcpu_supported(-1), -EBADF,
		   "pvtime_kvm_vcpu_supported() fails without a vCPU");
}

/* The causes of errors come one by one, that of the first error last; then they are removed. */
static void test_order(void)
{
	struct pvtime_kvm *k = region();
	struct fake_vcpu *vcpu = fake.vms[0].vcpus;
	const int fd = FAKE_VCPU(0, 0), other = FAKE_VCPU(0, 1);

	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, other), 0, "another vCPU gets the index");
	vcpu[0].ipa = BASE + 128;
	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, fd), -EEXIST,
		   "a vCPU that has an address already gets EEXIST");
	fake.no_stolen_time = true;
	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, fd), -ENXIO,
		   "ENXIO, if the kernel has no stolen time, comes before EEXIST");
	vcpu[0].uninitialised = true;
	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, fd), -ENOEXEC,
		   "ENOEXEC, if the vCPU is not initialised, comes before ENXIO");
	vcpu[0].uninitialised = false;
	fake.no_stolen_time = false;
	vcpu[0].ipa = PVTIME_KVM_IPA_NONE;
	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, fd), -EINVAL,
		   "a vCPU does not get the index of another vCPU");
	tap_is_u64(vcpu[0].ipa, PVTIME_KVM_IPA_NONE,
		   "refused calls do not change the vCPU's address");
	pvtime_kvm_unregister(k);
	tap_is_i64(pvtime_kvm_vcpu_set(k, 1, fd), -EINVAL, "a vCPU gets no address without memory");
	tap_is_i64(pvtime_kvm_vcpu_check(k, 1), -EINVAL,
		   "an index whose vCPU was not set does not pass the check");
	pvtime_kvm_register(k);
	tap_is_i64(pvtime_kvm_vcpu_set(k, 3, fd), -EINVAL,
		   "a vCPU does not get an index that is too large");
	tap_is_i64(pvtime_kvm_vcpu_set(k, 1, fd), 0, "a vCPU gets its own index");
	tap_is_u64(vcpu[0].ipa, BASE + 64, "the vCPU has the address of its index");
	tap_is_i64(pvtime_kvm_vcpu_set(k, 1, fd), -EEXIST,
		   "the vCPU does not get its address twice");
	tap_is_i64(pvtime_kvm_destroy(k), 0, "the region is released after refused calls");
}

static void test_check(void)
{
	struct pvtime_kvm *k = region();
	uint64_t ipa = 0;

	tap_is_i64(pvtime_kvm_vcpu_check(k, 0), -EINVAL,
		   "an index that was not set does not pass the check");
	tap_is_i64(pvtime_kvm_vcpu_ipa(k, 3, &ipa), -EINVAL,
		   "an index that was not set has no address");
	pvtime_kvm_vcpu_set(k, 2, FAKE_VCPU(0, 2));
	tap_is_i64(pvtime_kvm_vcpu_check(k, 2), 0, "an index that was set passes the check");
	tap_is_i64(pvtime_kvm_vcpu_ipa(k, 2, &ipa), 0,
		   "the address of an index that was set is read back");
	tap_is_u64(ipa, BASE + 128, "the address is read back from KVM");
	fake.vms[0].vcpus[2].ipa = BASE;
	tap_is_i64(pvtime_kvm_vcpu_check(k, 2), -ESTALE,
		   "a vCPU with another address is found stale");
	fake.vms[0].vcpus[2].ipa = PVTIME_KVM_IPA_NONE;
	tap_is_i64(pvtime_kvm_vcpu_check(k, 2), -ESTALE,
		   "a vCPU without an address is found stale");
	tap_is_i64(pvtime_kvm_destroy(k), 0, "the region is released after checks");
}

static void test_counter(void)
{
	struct pvtime_kvm *k = region();
	uint64_t ns;

	for (uint32_t i = 0; i < 3; i++)
		pvtime_kvm_vcpu_set(k, i, FAKE_VCPU(0, i));
	fake.run_delay = 0;
	fake_run(0, 1, 0x123456789abcdef);
	pvtime_kvm_vcpu_stolen_ns(k, 1, &ns);
	tap_is_u64(ns, 0x123456789abcdef, "the counter is all 64 bits of what KVM published");
	pvtime_kvm_vcpu_stolen_ns(k, 0, &ns);
	tap_is_u64(ns, 0, "another vCPU's counter is not changed");
	fake_run(0, 2, 0);
	pvtime_kvm_reset(k);
	pvtime_kvm_vcpu_stolen_ns(k, 1, &ns);
	tap_is_u64(ns, 0, "a reset of the VM zeroes the counter");
	pvtime_kvm_vcpu_stolen_ns(k, 2, &ns);
	tap_is_u64(ns, 0, "a reset of the VM zeroes every other counter");
	fake_run(0, 1, 5);
	pvtime_kvm_vcpu_stolen_ns(k, 1, &ns);
	tap_is_u64(ns, 5, "the counter continues from 0 after a reset of the VM");
	tap_is_i64(pvtime_kvm_destroy(k), 0, "a region with used counters is released");
}

static void test_deny(void)
{
	struct pvtime_kvm *k = region();

	fake.vms[0].bitmap = 3;
	tap_is_i64(pvtime_kvm_deny(FAKE_VCPU(0, 2)), 0, "a VM is denied stolen time");
	tap_is_u64(fake.vms[0].bitmap, 2, "denying clears the PV time bit only");
	unsigned calls = fake.calls;
	tap_is_i64(pvtime_kvm_deny(FAKE_VCPU(0, 0)), 0, "a VM can be denied twice");
	tap_is_u64(fake.calls, calls + 1, "denying a VM again makes one call only");
	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0)), -ENXIO,
		   "a vCPU of a VM that is denied gets no address");
	tap_is_u64(fake.vms[0].vcpus[0].ipa, PVTIME_KVM_IPA_NONE,
		   "KVM has no address for a vCPU of a VM that is denied");
	fake.no_bitmap = true;
	tap_is_i64(pvtime_kvm_deny(FAKE_VCPU(0, 0)), -ENOENT,
		   "a KVM without a bitmap cannot deny stolen time");
	tap_is_i64(pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0)), 0,
		   "a KVM without a bitmap still gives an address");
	fake.no_bitmap = false;
	fake.vms[0].bitmap = 1;
	fake.vms[0].ran = true;
	tap_is_i64(pvtime_kvm_deny(FAKE_VCPU(0, 0)), -EBUSY,
		   "a VM that has run cannot be denied stolen time any more");
	tap_is_i64(pvtime_kvm_destroy(k), 0,
		   "the region of a VM that was denied stolen time is released");
}

/* One vCPU's calls fail, each in turn, while another vCPU has its stolen time. */
static void test_neighbours(void)
{
	bool untouched = true, again = true;
	unsigned failures = 0;

	for (unsigned n = 1;; n++) {
		struct pvtime_kvm *k = region();
		uint64_t before, after;

		pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0));
		fake_run(0, 0, 4711);
		pvtime_kvm_vcpu_stolen_ns(k, 0, &before);
		fake.fail_error = EIO;
		fake.fail_at = fake.calls + n;
		int err = pvtime_kvm_vcpu_set(k, 1, FAKE_VCPU(0, 1));
		if (!err)
			err = pvtime_kvm_vcpu_rebase(k, 1, SIGUSR1);
		fake.fail_at = 0;
		pvtime_kvm_vcpu_stolen_ns(k, 0, &after);
		untouched &= after == before && pvtime_kvm_vcpu_check(k, 0) == 0;
		fake_run(0, 0, 300);
		pvtime_kvm_vcpu_stolen_ns(k, 0, &after);
		untouched &= after >= before + 300;
		again &= pvtime_kvm_vcpu_set(k, 2, FAKE_VCPU(0, 2)) == 0;
		again &= pvtime_kvm_destroy(k) == 0;
		if (!err)
			break;
		failures++;
	}
	tap_ok(failures >= 10, "one vCPU's calls fail in %u ways, at least 10", failures);
	tap_ok(untouched,
	       "another vCPU's address stays, and its counter continues, when one vCPU's calls fail");
	tap_ok(again,
	       "a third vCPU gets its address after one vCPU's calls failed, and all is released");
}

int main(void)
{
	test_supported();
	test_order();
	test_check();
	test_counter();
	test_deny();
	test_neighbours();
	return tap_done();
}
