/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * the attribute by which user space gives a vCPU its structure, and its errors; R-31: not one
 * for two.
 */
#include <errno.h>
#include <inttypes.h>
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

/* Memory that is none for user space. */
static void *pointer_to_nowhere(void)
{
	void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		bail_out("a page");
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

	expect(vcpu_set(&vm->vcpus[0], IPA, nowhere), EFAULT, "setting from it");
	expect(vcpu_get(&vm->vcpus[0], IPA, nowhere), EFAULT, "getting to it");
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN), 0, "setting an address after that");
	munmap(nowhere, 4096);
}

void case_attr_unaligned(struct vm *vm)
{
	static const uint8_t offsets[] = {1, 4, 8, 16, 32, 63};

	for (size_t i = 0; i < sizeof(offsets); i++) {
		int result = vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN + offsets[i]);

		check(result == EINVAL, "0x%x is %s, not EINVAL", VM_STOLEN + offsets[i],
		      result_name(result));
	}
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN + 64), 0,
	       "setting an aligned address after that");
}

void case_attr_outside(struct vm *vm)
{
	static const uint64_t outside[] = {
		0,	    VM_NOWHERE, VM_STOLEN - 64, VM_STOLEN + VM_STOLEN_SIZE,
		1ull << 47, 1ull << 63, -64ull,
	};

	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		int result = vcpu_set_ipa(&vm->vcpus[0], outside[i]);

		check(result == EINVAL, "0x%" PRIx64 " is %s, not EINVAL", outside[i],
		      result_name(result));
	}
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN + VM_STOLEN_SIZE - 64), 0,
	       "setting the last address inside after that");
}

/* And the guest is told it. */
void case_attr_set(struct vm *vm)
{
	for (unsigned i = 0; i < VM_VCPUS; i++) {
		const uint64_t ipa = VM_STOLEN + 64 * (VM_VCPUS - i);
		uint64_t got = 0;

		expect(vcpu_set_ipa(&vm->vcpus[i], ipa), 0, "KVM_SET_DEVICE_ATTR");
		expect(vcpu_get_ipa(&vm->vcpus[i], &got), 0, "KVM_GET_DEVICE_ATTR");
		check(got == ipa, "vCPU %u: 0x%" PRIx64 " is read back of 0x%" PRIx64, i, got, ipa);
		vcpu_enter_at(&vm->vcpus[i], guest_call);
		uint64_t told = vcpu_run(&vm->vcpus[i]);
		check(told == ipa, "vCPU %u: PV_TIME_ST is 0x%" PRIx64 " of 0x%" PRIx64, i, told,
		      ipa);
	}
}

void case_attr_twice(struct vm *vm)
{
	uint64_t got = 0;

	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN), 0, "the first time");
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN), EEXIST, "the same once more");
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN + 64), EEXIST, "another one");
	vcpu_get_ipa(&vm->vcpus[0], &got);
	check(got == VM_STOLEN, "0x%" PRIx64 " is read back of 0x%x", got, VM_STOLEN);
}

/* ENXIO, EFAULT, EINVAL for the alignment, EEXIST, EINVAL for the place. */
void case_attr_order(struct vm *vm)
{
	void *nowhere = pointer_to_nowhere();
	struct vcpu *vcpu = &vm->vcpus[0];

	expect(vcpu_set(vcpu, UNKNOWN, nowhere), ENXIO, "an unknown attribute from nowhere");
	expect(vcpu_set_ipa(vcpu, VM_STOLEN), 0, "the first time");
	expect(vcpu_set(vcpu, IPA, nowhere), EFAULT, "a second time, from nowhere");
	expect(vcpu_set_ipa(vcpu, VM_STOLEN + 1), EINVAL, "a second time, not aligned");
	expect(vcpu_set_ipa(vcpu, VM_NOWHERE), EEXIST, "a second time, outside");
	munmap(nowhere, 4096);
}

void case_attr_overlap(struct vm *vm)
{
	expect(vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN), 0, "the first vCPU");
	expect(vcpu_set_ipa(&vm->vcpus[1], VM_STOLEN), EINVAL,
	       "the second vCPU, at the same address,");
}
