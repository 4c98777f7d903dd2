/* SPDX-License-Identifier: BSD-2-Clause */
#include "psci.h"
#include "arch.h"
#include "cpu.h"
#include "sysregs.h"
#include "vm.h"
#include "pvtime/smccc.h"

/* Function numbers, without the bit for the 64-bit form. */
#define FN_VERSION	     0x84000000u
#define FN_CPU_SUSPEND	     0x84000001u
#define FN_CPU_OFF	     0x84000002u
#define FN_CPU_ON	     0x84000003u
#define FN_AFFINITY_INFO     0x84000004u
#define FN_MIGRATE_INFO_TYPE 0x84000006u
#define FN_SYSTEM_OFF	     0x84000008u
#define FN_SYSTEM_RESET	     0x84000009u
#define FN_FEATURES	     0x8400000au
#define FN_64		     BIT(30)

#define PSCI_1_1		0x10001
#define PSCI_SUCCESS		0
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_ON_PENDING		(-5)
#define PSCI_INVALID_ADDRESS	(-9)

#define AFFINITY_ON	    0
#define AFFINITY_OFF	    1
#define AFFINITY_ON_PENDING 2
#define NO_TRUSTED_OS	    2

#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)

/* The vCPU with this affinity; NULL: none. */
static struct vcpu *find_target(struct vm *vm, uint64_t mpidr)
{
	return mpidr < vm->nvcpus ? &vm->vcpus[mpidr] : NULL;
}

static int64_t psci_cpu_on(struct vcpu *v, const uint64_t *args)
{
	struct vcpu *target = find_target(v->vm, args[0]);
	int64_t result = PSCI_SUCCESS;

	if (!target)
		return PSCI_INVALID_PARAMETERS;
	if (args[1] & 3 || args[1] < MAP_RAM_BASE || args[1] - MAP_RAM_BASE >= v->vm->ram_size)
		return PSCI_INVALID_ADDRESS;
	spin_lock(&v->vm->lock);
	if (!sched_is_off(target)) {
		result = target->entry.pending ? PSCI_ON_PENDING : PSCI_ALREADY_ON;
	} else if (v->vm->phase == VM_RUNNING) {
		target->entry = (struct vcpu_entry){
			.pc = args[1],
			.x0 = args[2],
			.big_endian = read_sysreg(sctlr_el1) & SCTLR_EE, /* DEN0022, 6.4; R-33 */
			.pending = true,
		};
		sched_start(target, this_cpu()->id, counter());
	}
	spin_unlock(&v->vm->lock);
	return result;
}

static int64_t affinity_state(struct vcpu *target)
{
	if (sched_is_off(target))
		return AFFINITY_OFF;
	return target->entry.pending ? AFFINITY_ON_PENDING : AFFINITY_ON;
}

/*
 * Of a group of CPUs (level 1 to 3) the answer is ON if one of them is on. All vCPUs have
 * Aff3.Aff2.Aff1 = 0.
 */
static int64_t psci_affinity_info(struct vcpu *v, const uint64_t *args)
{
	uint64_t affinity = args[0], level = args[1];
	struct vcpu *target = find_target(v->vm, affinity);

	if (level > 3 || affinity & ~MPIDR_AFFINITY)
		return PSCI_INVALID_PARAMETERS;
	if (level == 0)
		return target ? affinity_state(target) : PSCI_INVALID_PARAMETERS;
	return affinity & ~(BIT(8 * level) - 1) ? PSCI_INVALID_PARAMETERS : AFFINITY_ON;
}

static int64_t psci_features(uint32_t fid)
{
	switch (fid) {
	case FN_VERSION:
	case FN_CPU_SUSPEND:
	case FN_CPU_SUSPEND | FN_64:
	case FN_CPU_OFF:
	case FN_CPU_ON:
	case FN_CPU_ON | FN_64:
	case FN_AFFINITY_INFO:
	case FN_AFFINITY_INFO | FN_64:
	case FN_MIGRATE_INFO_TYPE:
	case FN_SYSTEM_OFF:
	case FN_SYSTEM_RESET:
	case FN_FEATURES:
	case PVTIME_SMCCC_FID_VERSION:
		return PSCI_SUCCESS;
	}
	return PVTIME_SMCCC_NOT_SUPPORTED;
}

int64_t psci_call(struct vcpu *v, uint32_t fid, const uint64_t *in)
{
	uint64_t args[3];

	for (unsigned i = 0; i < 3; i++)
		args[i] = fid & FN_64 ? in[i] : (uint32_t)in[i];
	if (psci_features(fid) != PSCI_SUCCESS)
		return PVTIME_SMCCC_NOT_SUPPORTED;
	switch (fid & ~(uint32_t)FN_64) {
	case FN_VERSION:
		return PSCI_1_1;
	/*
	 * every power state is offered as standby: the call returns when something wakes the vCPU
	 */
	case FN_CPU_SUSPEND:
		vm_wait_for_interrupt(v);
		return PSCI_SUCCESS;
	case FN_CPU_OFF:
		vm_cpu_off(v);
		return PSCI_SUCCESS; /* the guest never sees it */
	case FN_CPU_ON:
		return psci_cpu_on(v, args);
	case FN_AFFINITY_INFO:
		return psci_affinity_info(v, args);
	case FN_MIGRATE_INFO_TYPE:
		return NO_TRUSTED_OS;
	case FN_SYSTEM_OFF:
		vm_stop(v->vm, false);
		return PSCI_SUCCESS;
	case FN_SYSTEM_RESET:
		vm_stop(v->vm, true);
		return PSCI_SUCCESS;
	}
	return psci_features((uint32_t)args[0]);
}
