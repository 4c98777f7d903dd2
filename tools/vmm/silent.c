/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * At the end of the lab, reports the position of a VM that ran but showed no sign of life, as a
 * hint for the user.
 */
#include <inttypes.h>
#include <sys/ioctl.h>
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define VECTORS_BYTES 0x800u /* size of the vector table at VBAR_EL1 */

static uint64_t reg(struct vcpu *v, uint64_t id)
{
	uint64_t value = 0;
	const struct kvm_one_reg get = {.id = id, .addr = (uintptr_t)&value};

	/* An error is ignored: this is only a hint, at the end of the lab. */
	return ioctl(v->fd, KVM_GET_ONE_REG, &get) == 0 ? value : 0;
}

void silent_tell(struct vm *vm)
{
	struct vcpu *v = &vm->vcpus[0];

	if (vm->noticed || v->account.ticks[PVTIME_RUNNING] == 0 ||
	    v->account.ticks[PVTIME_BLOCKED] > v->account.ticks[PVTIME_RUNNING])
		return;
	uint64_t pc = reg(v, ARM_REG_PC), vectors = reg(v, ARM_REG_VBAR_EL1),
		 from = reg(v, ARM_REG_ELR_EL1);

	if (pc - vectors < VECTORS_BYTES && from - vectors < VECTORS_BYTES)
		outlet_log(
			vm->outlet,
			"VM %s has done nothing but take exceptions: vCPU 0 is at PC 0x%jx, in its vectors (VBAR_EL1 0x%jx), with ELR_EL1 0x%jx and ESR_EL1 0x%jx. Is its kernel built for this machine?",
			vm->config->name, (uintmax_t)pc, (uintmax_t)vectors, (uintmax_t)from,
			(uintmax_t)reg(v, ARM_REG_ESR_EL1));
	else
		outlet_log(
			vm->outlet,
			"VM %s has printed nothing, and hardly waited: vCPU 0 is at PC 0x%" PRIx64,
			vm->config->name, pc);
}
