/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_LINUX_VMM_H
#define TESTS_LINUX_VMM_H

/* What these VMMs do with conformance/user/vm.h's VM besides running it. */
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "conformance/user/user.h"
#include "conformance/user/vm.h"
#include "libpvtime-kvm/uapi.h"

#define VMM_SLOT    5u /* of structures that the program itself has made */
#define VMM_PAGE    4096u
#define RING_OFFSET (64 * VMM_PAGE) /* KVM_DIRTY_LOG_PAGE_OFFSET of arm64 */

/* Reset a vCPU, which begins at guest_work then. Returns whether KVM has done so. */
static inline bool vcpu_reset(const struct vm *vm, struct vcpu *vcpu)
{
	struct kvm_vcpu_init init = {.target = 0};
	bool done;

	if (ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init) != 0)
		bail_out("KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	done = ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init) == 0;
	/* KVM must not complete a store from before that. */
	vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	vcpu_enter_at(vcpu, guest_work);
	return done;
}

/* Make new memory of so many pages the VM's at VM_STOLEN, with a dirty log. */
static inline uint8_t *vm_logged_memory(const struct vm *vm, size_t pages)
{
	struct kvm_userspace_memory_region region = {
		.slot = VMM_SLOT,
		.flags = KVM_MEM_LOG_DIRTY_PAGES,
		.guest_phys_addr = VM_STOLEN,
		.memory_size = pages * VMM_PAGE,
	};
	uint8_t *memory = mmap(NULL, pages * VMM_PAGE, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	region.userspace_addr = (uintptr_t)memory;
	if (memory == MAP_FAILED || ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region) != 0)
		bail_out("a slot with a dirty log");
	return memory;
}

/* The dirty ring of a vCPU, of so many bytes. */
static inline struct kvm_dirty_gfn *vcpu_ring(const struct vcpu *vcpu, size_t size)
{
	struct kvm_dirty_gfn *ring =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, RING_OFFSET);

	if (ring == MAP_FAILED)
		bail_out("a ring");
	return ring;
}

#endif
