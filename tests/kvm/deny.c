/* SPDX-License-Identifier: BSD-2-Clause */
/* Stolen time denied to a VM: the guest's view at every step of discovery. */
#include <errno.h>
#include <inttypes.h>
#include <pvtime/smccc.h>
#include "conformance/user/delay.h"
#include "libpvtime-kvm/blob.h"
#include "tests/kvm/library.h"

/* Check the answer to each of the guest's discovery calls. */
static void discovery(struct vm *vm, uint64_t arch_features, uint64_t rest, const char *what)
{
	struct vcpu *vcpu = &vm->vcpus[0];

	expect_u64(vcpu_call(vcpu, PVTIME_SMCCC_FID_VERSION, 0), PVTIME_SMCCC_VERSION_1_1,
		   "%s: SMCCC_VERSION", what);
	expect_u64(vcpu_call(vcpu, PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES),
		   arch_features, "%s: SMCCC_ARCH_FEATURES(PV_TIME_FEATURES)", what);
	expect_u64(vcpu_call(vcpu, PVTIME_FID_FEATURES, PVTIME_FID_ST), rest,
		   "%s: PV_TIME_FEATURES(PV_TIME_ST)", what);
	expect_u64(vcpu_call(vcpu, PVTIME_FID_ST, 0), rest == 0 ? VM_STOLEN : rest,
		   "%s: PV_TIME_ST", what);
}

/*
 * A VM to which stolen time is denied is restored from a snapshot of one that had it: it stays
 * denied. The guest that has its address from before reads the saved counter, which stays as it is.
 * no: NOT_SUPPORTED, as a register has it.
 */
static void test_restore_denied(const uint8_t *blob, size_t size, uint64_t saved, uint64_t no)
{
	struct vm vm;

	vm_create(&vm);
	vm_give_stolen(&vm);
	is_error(pvtime_kvm_deny(vm.vcpus[0].fd), 0, "stolen time is denied before a restore");
	is_error(pvtime_kvm_restore(vm.stolen, vm.vcpus[0].fd, blob, size), 0,
		 "a VM that had stolen time is restored");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, vm.vcpus[0].fd), ENXIO,
		 "a restore does not undo a denial: the vCPU gets no address");
	discovery(&vm, no, no, "a VM restored after a denial");
	delay_grow(WAIT_NS / 10);
	vcpu_enter_at(&vm.vcpus[0], guest_work);
	vcpu_run(&vm.vcpus[0]);
	expect_u64(stolen(&vm, 0), saved,
		   "after a denial and a restore, the saved counter stays as it is");
	is_error(pvtime_kvm_restore(vm.stolen, vm.vcpus[0].fd, blob, size), 0,
		 "a VM that has run without the calls can be restored, and stays without them");
	vm_destroy(&vm);
}

/* The opposite: saved while denied, and restored where it is not. */
static void test_restore_allowed(uint64_t no)
{
	uint8_t blob[256];
	struct vm vm;

	vm_with_stolen(&vm);
	is_error(pvtime_kvm_deny(vm.vcpus[0].fd), 0, "stolen time is denied before a save");
	const size_t size = pvtime_kvm_snapshot_size(vm.stolen);
	is_error(pvtime_kvm_save(vm.stolen, blob, size), 0, "a VM without stolen time is saved");
	vm_destroy(&vm);

	vm_create(&vm);
	vm_give_stolen(&vm);
	is_error(pvtime_kvm_restore(vm.stolen, vm.vcpus[0].fd, blob, size), 0,
		 "a VM that was denied stolen time is restored");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, vm.vcpus[0].fd), ENXIO,
		 "a VM that was saved without stolen time is restored without");
	discovery(&vm, no, no, "a VM that was saved without stolen time");
	vm_destroy(&vm);
}

void test_deny(void)
{
	const uint64_t no = (uint64_t)PVTIME_SMCCC_NOT_SUPPORTED;
	uint8_t blob[256];
	struct vm vm;
	size_t size;

	vm_with_stolen(&vm);
	const bool keeps = keeps_total(&vm);
	size = pvtime_kvm_snapshot_size(vm.stolen);
	vcpu_enter_at(&vm.vcpus[0], guest_work);
	vcpu_run(&vm.vcpus[0]);
	delay_grow(WAIT_NS / 10);
	vcpu_run(&vm.vcpus[0]);
	is_error(pvtime_kvm_save(vm.stolen, blob, size), 0, "a VM with stolen time is saved");
	const uint64_t saved = pvtk_blob_counter(blob, 0);
	expect(saved > 0, "the VM had stolen time when it was saved (%" PRIu64 " ns)", saved);
	discovery(&vm, 0, 0, "a VM with stolen time");
	is_error(pvtime_kvm_deny(vm.vcpus[0].fd), EBUSY, "denying to a VM that has run fails");
	vm_destroy(&vm);

	vm_create(&vm);
	/* KVM promises stolen time at the first step, unless it keeps the totals. */
	discovery(&vm, keeps ? no : 0, no, "a VM whose vCPUs have no address");
	vm_destroy(&vm);

	vm_create(&vm);
	vm_give_stolen(&vm);
	is_error(pvtime_kvm_deny(vm.vcpus[0].fd), 0, "stolen time is denied by one vCPU");
	is_error(pvtime_kvm_deny(vm.vcpus[1].fd), 0,
		 "stolen time is denied once more by another vCPU");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, vm.vcpus[0].fd), ENXIO,
		 "a vCPU gets no address when stolen time is denied");
	discovery(&vm, no, no, "a VM with stolen time denied");
	vm_destroy(&vm);

	test_restore_denied(blob, size, saved, no);
	test_restore_allowed(no);
}
