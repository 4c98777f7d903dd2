/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_SMALL_VM_H
#define TESTS_KVM_SMALL_VM_H

/* A VM without devices, which starts at once. */
#include <fcntl.h>
#include <unistd.h>
#include "tests/kvm/register.h"

#define SMALL_RAM 0x40000000u /* IPA of its memory, and where each vCPU starts */

/* Make a VM whose memory is that of this process at `ram`. */
static inline int small_vm(void *ram, size_t size)
{
	struct kvm_userspace_memory_region region = {.guest_phys_addr = SMALL_RAM,
						     .memory_size = size,
						     .userspace_addr = (uintptr_t)ram};
	int kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");

	close(kvm);
	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	return vm;
}

static inline int small_vcpu(int vm, unsigned index)
{
	struct kvm_vcpu_init init = {.target = 0};
	int vcpu = must(ioctl(vm, KVM_CREATE_VCPU, (unsigned long)index), "KVM_CREATE_VCPU");

	must(ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init), "KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	must(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
	set_register(vcpu, CORE(regs.pc), SMALL_RAM);
	return vcpu;
}

#endif
