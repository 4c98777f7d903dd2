/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's virtual counter continues through a reset, as under our hypervisor, and stops while
 * the VM is paused. KVM starts the counter of a new VM at 0, and has one offset for all its vCPUs.
 */
#include <sys/ioctl.h>
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

/* The virtual counter of this process, which runs at the same rate. */
static uint64_t host_counter(void)
{
	uint64_t value = 0;

#ifdef __aarch64__
	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
#endif
	return value;
}

/*
 * Read the host's counter first, so that the offset is never too small and the guest's counter
 * never goes back.
 */
bool counter_save(struct vm *vm)
{
	uint64_t host = host_counter(), guest = 0;
	const struct kvm_one_reg reg = {.id = ARM_REG_TIMER_CNT, .addr = (uintptr_t)&guest};

	if (!VM_CALL(vm, vm->vcpus[0].fd, KVM_GET_ONE_REG, &reg))
		return false;
	vm->counter_offset = guest - host;
	vm->counter_saved = true;
	return true;
}

bool counter_restore(struct vm *vm)
{
	uint64_t guest = host_counter() + vm->counter_offset;
	const struct kvm_one_reg reg = {.id = ARM_REG_TIMER_CNT, .addr = (uintptr_t)&guest};

	return !vm->counter_saved || VM_CALL(vm, vm->vcpus[0].fd, KVM_SET_ONE_REG, &reg);
}

/*
 * From Linux 6.4 on the physical counter has an offset, too; before that the guest reads the
 * host's.
 */
void counter_stop(struct vm *vm)
{
	const struct kvm_one_reg virtual = {.id = ARM_REG_TIMER_CNT,
					    .addr = (uintptr_t)&vm->stopped_virtual};
	const struct kvm_one_reg physical = {.id = ARM_REG_PTIMER_CNT,
					     .addr = (uintptr_t)&vm->stopped_physical};

	VM_CALL(vm, vm->vcpus[0].fd, KVM_GET_ONE_REG, &virtual);
	if (ioctl(vm->vcpus[0].fd, KVM_GET_ONE_REG, &physical) != 0)
		vm->stopped_physical = 0;
}

bool counter_go(struct vm *vm)
{
	const struct kvm_one_reg virtual = {.id = ARM_REG_TIMER_CNT,
					    .addr = (uintptr_t)&vm->stopped_virtual};
	const struct kvm_one_reg physical = {.id = ARM_REG_PTIMER_CNT,
					     .addr = (uintptr_t)&vm->stopped_physical};

	return VM_CALL(vm, vm->vcpus[0].fd, KVM_SET_ONE_REG, &virtual) &&
	       (vm->stopped_physical == 0 ||
		VM_CALL(vm, vm->vcpus[0].fd, KVM_SET_ONE_REG, &physical));
}
