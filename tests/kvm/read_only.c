/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A region that is read-only for the guest: a store of the guest reaches the VMM, which
 * answers with an external abort. A KVM that does not keep the total has no such region.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include "conformance/user/delay.h"
#include "conformance/user/user.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/library.h"

#define VALUE	 0x1122334455667788u
#define EC_SHIFT 26
#define EC_MASK	 0x3fu
#define EC_DATA	 0x25u	/* a data abort, without a change of the exception level */
#define VECTOR	 0x200u /* of a synchronous exception, where VBAR_EL1 is 0 */
#define CORE(member) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(member))

static uint64_t get_reg(const struct vcpu *vcpu, uint64_t id)
{
	uint64_t value = 0;
	const struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&value};

	if (ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg) != 0)
		bail_out("a register cannot be read");
	return value;
}

/* KVM_RUN until it returns. Returns the reason, and the address of the guest's access. */
static uint32_t run(struct vcpu *vcpu, uint64_t *ipa)
{
	while (ioctl(vcpu->fd, KVM_RUN, NULL) < 0)
		if (errno != EINTR)
			bail_out("KVM_RUN");
	*ipa = vcpu->run->exit_reason == KVM_EXIT_ARM_NISV ? vcpu->run->arm_nisv.fault_ipa
							   : vcpu->run->mmio.phys_addr;
	return vcpu->run->exit_reason;
}

/* A store by the code at `entry` ends KVM_RUN for `reason`; then the guest gets an abort. */
static void refused_store(struct vm *vm, const char *entry, uint32_t reason, const char *what)
{
	struct vcpu *vcpu = &vm->vcpus[0];
	struct pvtime_stolen before, after;
	uint64_t ipa;

	memcpy(&before, pvtime_kvm_memory(vm->stolen, NULL), sizeof(before));
	vcpu_enter_with(vcpu, entry, VM_STOLEN + 16, VALUE);
	expect_u64(run(vcpu, &ipa), reason, "%s ends KVM_RUN, for the right reason", what);
	expect_u64(ipa, VM_STOLEN + 16, "%s is reported with its address", what);
	expect(pvtime_kvm_vcpu_refuse(vm->stolen, vcpu->fd, ipa) == 1, "the library refuses %s",
	       what);
	vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	vcpu_complete(vcpu);
	expect_u64(get_reg(vcpu, ARM64_SYS_REG(3, 0, 5, 2, 0)) >> EC_SHIFT & EC_MASK, EC_DATA,
		   "%s gives the guest a data abort", what);
	expect_u64(get_reg(vcpu, CORE(elr_el1)), VM_CODE + (uint64_t)(entry - guest_code),
		   "%s is the instruction that is aborted", what);
	expect_u64(get_reg(vcpu, CORE(regs.pc)), VECTOR, "%s leads to the guest's vector", what);
	memcpy(&after, pvtime_kvm_memory(vm->stolen, NULL), sizeof(after));
	expect(memcmp(before.reserved, after.reserved, sizeof(before.reserved)) == 0,
	       "%s does not change the structure", what);
}

static void test_refused(struct vm *vm)
{
	const struct kvm_enable_cap nisv = {.cap = KVM_CAP_ARM_NISV_TO_USER};

	is_error(ioctl(vm->fd, KVM_ENABLE_CAP, &nisv) == 0 ? 0 : -errno, 0,
		 "KVM reports stores that it cannot describe");
	refused_store(vm, guest_store, KVM_EXIT_MMIO, "a store to a read-only structure");
	refused_store(vm, guest_store_pair, KVM_EXIT_ARM_NISV,
		      "a store of two registers to a read-only structure");
	vcpu_enter_at(&vm->vcpus[0], guest_work);
	vcpu_run(&vm->vcpus[0]);
	uint64_t before = stolen(vm, 0);
	wait_and_run(&vm->vcpus[0]);
	expect(stolen(vm, 0) > before, "after refused stores, KVM still publishes");
}

/* The store succeeds, without an exit. */
static void test_allowed(struct vm *vm)
{
	const struct pvtime_stolen *structure = pvtime_kvm_memory(vm->stolen, NULL);

	vcpu_enter_with(&vm->vcpus[0], guest_store, VM_STOLEN + 16, VALUE);
	vcpu_run(&vm->vcpus[0]);
	expect(structure->reserved[0] == (uint8_t)VALUE,
	       "where KVM does not keep the total, a guest's store succeeds");
}

void test_read_only(void)
{
	const struct pvtime_range region = {VM_STOLEN, VM_STOLEN_SIZE};
	struct vm vm;

	vm_create(&vm);
	const bool keeps = keeps_total(&vm);
	is_error(pvtime_kvm_create(&vm.stolen, vm.fd, SLOT, &region, VM_VCPUS), 0,
		 "a region is created that may be read-only");
	expect(pvtime_kvm_read_only(vm.stolen, vm.vcpus[0].fd) == keeps,
	       "a region can be read-only exactly if KVM keeps the total");
	is_error(pvtime_kvm_register(vm.stolen), 0, "such a region is registered");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, vm.vcpus[0].fd), 0,
		 "a vCPU gets its address in such a region");
	if (keeps)
		test_refused(&vm);
	else
		test_allowed(&vm);
	vm_destroy(&vm);
}
