/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * the attribute by which user space sets the address of a vCPU's structure, and its errors.
 * two vCPUs must not share a structure.
 */
#include <errno.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/mman.h>
#include <linux/kvm.h>
#include "cases.h"
#include "user.h"
#include "vm.h"

#define IPA	KVM_ARM_VCPU_PVTIME_IPA
#define UNKNOWN (KVM_ARM_VCPU_PVTIME_IPA + 1)

static void expect(int result, int expected, const char *what)
{
	check(result == expected, "%s is %s, not %s", what, result_name(result),
	      result_name(expected));
}

/* Memory that user space cannot access. */
static void *pointer_to_nowhere(void)
{
	void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		bail_out("mmap of a page without access");
	return page;
}

void case_attr_has(struct vm *vm)
{
	uint64_t ipa;

	expect(vcpu_has(&vm->vcpus[0], IPA), 0, "KVM_HAS_DEVICE_ATTR");
	expect(vcpu_get_ipa(&vm->vcpus[0], &ipa), 0, "KVM_GET_DEVICE_ATTR");
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN), 0, "KVM_SET_DEVICE_ATTR");
}

void case_attr_unknown(struct vm *vm)
{
	uint64_t ipa = VM_STOLEN;

	expect(vcpu_has(&vm->vcpus[0], UNKNOWN), ENXIO, "KVM_HAS_DEVICE_ATTR");
	expect(vcpu_set(&vm->vcpus[0], UNKNOWN, &ipa), ENXIO, "KVM_SET_DEVICE_ATTR");
	expect(vcpu_get(&vm->vcpus[0], UNKNOWN, &ipa), ENXIO, "KVM_GET_DEVICE_ATTR");
}

void case_attr_fault(struct vm *vm)
{
	void *nowhere = pointer_to_nowhere();

	expect(vcpu_set(&vm->vcpus[0], IPA, nowhere), EFAULT,
	       "setting the address from inaccessible memory");
	expect(vcpu_get(&vm->vcpus[0], IPA, nowhere), EFAULT,
	       "getting the address to inaccessible memory");
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN), 0, "setting an address after these errors");
	munmap(nowhere, 4096);
}

void case_attr_unaligned(struct vm *vm)
{
	static const uint8_t offsets[] = {1, 4, 8, 16, 32, 63};

	for (size_t i = 0; i < sizeof(offsets); i++) {
		int result = vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN + offsets[i]);

		check(result == EINVAL, "setting address 0x%x is %s, not EINVAL",
		      VM_STOLEN + offsets[i], result_name(result));
	}
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN + 64), 0,
	       "setting an aligned address after these errors");
}

void case_attr_outside(struct vm *vm)
{
	static const uint64_t outside[] = {
		0,	    VM_NOWHERE, VM_STOLEN - 64, VM_STOLEN + VM_STOLEN_SIZE,
		1ull << 47, 1ull << 63, -64ull,
	};

	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		int result = vcpu_set_ipa(&vm->vcpus[0], outside[i]);

		check(result == EINVAL, "setting address 0x%jx is %s, not EINVAL",
		      (uintmax_t)outside[i], result_name(result));
	}
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN + VM_STOLEN_SIZE - 64), 0,
	       "setting the last address inside after these errors");
}

/* The guest also gets the address from PV_TIME_ST. */
void case_attr_set(struct vm *vm)
{
	for (unsigned i = 0; i < VM_VCPUS; i++) {
		const uint64_t ipa = VM_STOLEN + 64 * (VM_VCPUS - i);
		uint64_t got = 0;

		expect(vcpu_set_ipa(&vm->vcpus[i], ipa), 0, "KVM_SET_DEVICE_ATTR");
		expect(vcpu_get_ipa(&vm->vcpus[i], &got), 0, "KVM_GET_DEVICE_ATTR");
		check(got == ipa, "vCPU %u: 0x%jx is read back, but 0x%jx was set", i,
		      (uintmax_t)got, (uintmax_t)ipa);
		vcpu_enter_at(&vm->vcpus[i], guest_call);
		uint64_t told = vcpu_run(&vm->vcpus[i]);
		check(told == ipa, "vCPU %u: PV_TIME_ST is 0x%jx, but 0x%jx was set", i,
		      (uintmax_t)told, (uintmax_t)ipa);
	}
}

void case_attr_twice(struct vm *vm)
{
	uint64_t got = 0;

	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN), 0, "setting an address the first time");
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN), EEXIST, "setting the same address again");
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN + 64), EEXIST, "setting another address");
	vcpu_get_ipa(&vm->vcpus[0], &got);
	check(got == VM_STOLEN, "0x%jx is read back, but 0x%x was set", (uintmax_t)got, VM_STOLEN);
}

/* The order: ENXIO, EFAULT, EINVAL for the alignment, EEXIST, EINVAL for the place. */
void case_attr_order(struct vm *vm)
{
	void *nowhere = pointer_to_nowhere();
	struct vcpu *vcpu = &vm->vcpus[0];

	expect(vcpu_set(vcpu, UNKNOWN, nowhere), ENXIO,
	       "setting an unknown attribute from inaccessible memory");
	expect(vcpu_set_ipa(vcpu, VM_STOLEN), 0, "setting an address the first time");
	expect(vcpu_set(vcpu, IPA, nowhere), EFAULT,
	       "setting it a second time from inaccessible memory");
	expect(vcpu_set_ipa(vcpu, VM_STOLEN + 1), EINVAL, "setting it a second time, not aligned");
	expect(vcpu_set_ipa(vcpu, VM_NOWHERE), EEXIST,
	       "setting it a second time, outside guest memory");
	munmap(nowhere, 4096);
}

void case_attr_overlap(struct vm *vm)
{
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN), 0, "setting the address of the first vCPU");
	expect(vcpu_set_ipa(&vm->vcpus[1], VM_STOLEN), EINVAL,
	       "setting the same address for the second vCPU");
}
