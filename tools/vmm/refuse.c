/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accesses of a guest that the machine refuses, each with an external abort: a store to its
 * structures of stolen time, where KVM lets them be read-only; an access to an address
 * without a device; and one that the device there does not support. The first access without a
 * device is reported.
 */
#include <stdint.h>
#include <string.h>
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

static void tell_nowhere(struct vcpu *v, uint64_t ipa)
{
	uint64_t pc = 0;
	const struct kvm_one_reg get = {.id = ARM_REG_PC, .addr = (uintptr_t)&pc};

	if (VM_CALL(v->vm, v->fd, KVM_GET_ONE_REG, &get))
		outlet_log(
			v->vm->outlet,
			"VM %s: vCPU %u has accessed 0x%jx, where the machine has neither memory nor a device, at PC 0x%jx: it gets an external abort. Further such accesses are not reported",
			v->vm->config->name, v->id, (uintmax_t)ipa, (uintmax_t)pc);
}

/*
 * KVM_RUN with immediate_exit takes the abort, but remembers that a store is to be completed: the
 * next KVM_RUN would skip an instruction. It completes nothing if it finds another reason.
 */
bool refuse_access(struct vcpu *v, uint64_t ipa)
{
	const struct arm_vcpu_events events = {.ext_dabt_pending = 1};

	v->run->exit_reason = KVM_EXIT_UNKNOWN;
	int refused = v->vm->stolen != NULL ? pvtime_kvm_vcpu_refuse(v->vm->stolen, v->fd, ipa) : 0;

	if (refused < 0)
		return vm_fail(v->vm, "refusing a store to stolen time: %s", strerror(-refused));
	if (refused > 0) {
		__atomic_fetch_add(&v->refused_writes, 1, __ATOMIC_RELAXED);
		return true;
	}
	if (!device_is_at(ipa) && !atomic_exchange(&v->vm->told_nowhere, true))
		tell_nowhere(v, ipa);
	return VM_CALL(v->vm, v->fd, ARM_SET_VCPU_EVENTS, &events);
}
