/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's virtual counter, which goes on through a reset, as it does under our hypervisor, and
 * stands while the VM is paused. KVM begins a new VM's at 0, and has one offset for all vCPUs of
 * it.
 */
#include <sys/ioctl.h>
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

/* This process' own, which runs at the same rate. */
static uint64_t host_counter(void)
{
	uint64_t value = 0;

#ifdef __aarch64__
	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
#endif
	return value;
}

/* No less than it is: the host's is read first. */
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

/* From Linux 6.4 on there is one for the physical counter as well, which before is the host's. */
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
