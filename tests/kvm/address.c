/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether stolen time is supported, and its addresses: the kernel's errors, and the errors
 * that the library detects before the kernel.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <inttypes.h>
#include "conformance/user/delay.h"
#include "conformance/user/user.h"
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/library.h"

static void test_supported(void)
{
	struct vm vm;

	vm_create(&vm);
	expect(pvtime_kvm_vm_supported(vm.fd) == 1, "the VM offers stolen time");
	expect(pvtime_kvm_vm_supported(vm.kvm) == 1, "/dev/kvm offers stolen time");
	expect(pvtime_kvm_vcpu_supported(vm.vcpus[0].fd) == 1, "the vCPU offers stolen time");
	is_error(pvtime_kvm_vm_supported(-1), EBADF, "asking an invalid descriptor fails");
	vm_destroy(&vm);
}

/* The kernel's checks of the attribute, and the library's, which come first. */
static void test_attribute_errors(void)
{
	struct vm vm;
	uint64_t unaligned = VM_STOLEN + 32, outside = VM_NOWHERE, ipa;

	vm_create(&vm);
	const int fd = vm.vcpus[0].fd, other = vm.vcpus[1].fd;
	const unsigned long set = KVM_SET_DEVICE_ATTR;
	vm_give_stolen(&vm);
	is_error(pvtk_attr(fd, set, KVM_ARM_VCPU_PVTIME_IPA + 1, &ipa), ENXIO,
		 "KVM rejects an unknown attribute");
	is_error(pvtk_attr(fd, set, KVM_ARM_VCPU_PVTIME_IPA, NULL), EFAULT,
		 "KVM rejects the attribute without a value");
	is_error(pvtk_attr(fd, set, KVM_ARM_VCPU_PVTIME_IPA, &unaligned), EINVAL,
		 "KVM rejects an address that is not aligned");
	is_error(pvtk_attr(fd, set, KVM_ARM_VCPU_PVTIME_IPA, &outside), EINVAL,
		 "KVM rejects an address outside memory");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, VM_VCPUS * 512, fd), EINVAL,
		 "an index beyond the region is rejected");
	is_error(pvtime_kvm_vcpu_check(vm.stolen, 0), EINVAL,
		 "a check of a vCPU without an address fails");
	is_error(pvtime_kvm_unregister(vm.stolen), 0, "the region's slot is removed");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, fd), EINVAL,
		 "a vCPU gets no address while the region has no slot");
	is_error(pvtime_kvm_register(vm.stolen), 0, "the region's slot is added again");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, fd), 0,
		 "the vCPU gets its address the first time");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, fd), EEXIST,
		 "the vCPU does not get an address twice");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 1, fd), EEXIST,
		 "the vCPU does not get an address twice, at another index");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, other), EINVAL,
		 "a vCPU does not get another vCPU's index");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 1, other), 0,
		 "a vCPU gets its own index after the calls that failed");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, other), EEXIST,
		 "a vCPU with an address does not get another's index");
	is_error(pvtime_kvm_vcpu_ipa(vm.stolen, 1, &ipa), 0, "vCPU 1's address is read back");
	expect_u64(ipa, VM_STOLEN + 64, "the address read back is that of index 1");
	is_error(pvtime_kvm_vcpu_check(vm.stolen, 0), 0, "a check of vCPU 0's address succeeds");
	expect_u64(vcpu_call(&vm.vcpus[0], PVTIME_FID_ST, 0), VM_STOLEN,
		   "PV_TIME_ST returns vCPU 0's address to it");
	expect_u64(vcpu_call(&vm.vcpus[1], PVTIME_FID_ST, 0), VM_STOLEN + 64,
		   "PV_TIME_ST returns vCPU 1's address to it");
	vm_destroy(&vm);
}

/* The kernel rejects the region, and the library can still release it. */
static void refused_region(const struct vm *vm, uint64_t base, uint32_t slot, int error,
			   const char *what)
{
	struct pvtime_range region;
	struct pvtime_kvm *k;

	if (pvtime_kvm_place(&region, base, 1, NULL, 0, 52) != 0 ||
	    pvtime_kvm_create(&k, vm->fd, slot, &region, 1) != 0)
		bail_out("a region at 0x%" PRIx64, base);
	is_error(pvtime_kvm_register(k), error, what);
	is_error(pvtime_kvm_destroy(k), 0, "a region that the kernel has rejected can be released");
}

static void test_slot_errors(void)
{
	struct vm vm;

	vm_create(&vm);
	vm_give_stolen(&vm);
	refused_region(&vm, VM_CODE, SLOT, EEXIST,
		       "a region that overlaps another slot is rejected");
	refused_region(&vm, VM_NOWHERE, 0, EINVAL,
		       "a region with a slot number in use is rejected");
	refused_region(&vm, VM_NOWHERE, UINT16_MAX, EINVAL,
		       "a region with a slot number beyond the last is rejected");
	refused_region(&vm, 1ull << 50, SLOT, EFAULT,
		       "a region beyond the address space is rejected");
	is_error(pvtime_kvm_register(vm.stolen), 0,
		 "the VM's own region can be registered after the rejected ones");
	vm_destroy(&vm);
}

static void test_uninitialised(void)
{
	struct vm vm;

	vm_create(&vm);
	vm_give_stolen(&vm);
	int raw = ioctl(vm.fd, KVM_CREATE_VCPU, (void *)(uintptr_t)VM_VCPUS);
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, raw), ENOEXEC,
		 "a vCPU that is not initialised gets no address");
	is_error(pvtime_kvm_deny(raw), ENOEXEC,
		 "denying through a vCPU that is not initialised fails");
	close(raw);
	vm_destroy(&vm);
}

/* A vCPU that is added after another has run; and one that cannot be added. */
static void test_plug(void)
{
	struct vm vm;

	vm_create(&vm);
	vm_give_stolen(&vm);
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, vm.vcpus[0].fd), 0, "vCPU 0 gets its address");
	vcpu_enter_at(&vm.vcpus[0], guest_call);
	vcpu_run(&vm.vcpus[0]);
	delay_grow(WAIT_NS);
	vcpu_run(&vm.vcpus[0]);
	uint64_t before = stolen(&vm, 0);
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 1, -1), EBADF,
		 "an invalid descriptor gets no address");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 1, vm.vcpus[1].fd), 0,
		 "vCPU 1 gets its address after vCPU 0 has run");
	expect_u64(vcpu_call(&vm.vcpus[1], PVTIME_FID_ST, 0), VM_STOLEN + 64,
		   "PV_TIME_ST returns the added vCPU's own address");
	expect_u64(stolen(&vm, 0), before, "adding a vCPU does not change vCPU 0's stolen time");
	expect_u64(stolen(&vm, 1), 0, "the added vCPU's stolen time is 0");
	vm_destroy(&vm);
}

void test_addresses(void)
{
	test_supported();
	test_attribute_errors();
	test_slot_errors();
	test_uninitialised();
	test_plug();
}
