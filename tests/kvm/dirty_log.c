/* SPDX-License-Identifier: BSD-2-Clause */
/* The region's memory, handed out by the library, and the dirty log of its slot. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "conformance/user/delay.h"
#include "conformance/user/user.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/library.h"

/* Get and clear the log of the region's slot: a bit for each page, at most 64. */
static int get_log(const struct vm *vm, uint32_t slot, uint64_t *pages)
{
	struct kvm_dirty_log log = {.slot = slot, .dirty_bitmap = pages};

	*pages = 0;
	return ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log) < 0 ? -errno : 0;
}

uint64_t logged(const struct vm *vm, uint32_t slot)
{
	uint64_t pages;

	if (get_log(vm, slot, &pages) != 0)
		bail_out("the log of slot %" PRIu32, slot);
	return pages;
}

void wait_and_run(struct vcpu *vcpu)
{
	delay_grow(WAIT_NS / 10);
	vcpu_run(vcpu);
}

void test_dirty_log(void)
{
	uint64_t pages, before;
	struct vm vm;
	int fd = -1;

	vm_with_stolen(&vm);
	vcpu_enter_at(&vm.vcpus[0], guest_call);
	vcpu_run(&vm.vcpus[0]);
	is_error(get_log(&vm, SLOT_LIBRARY, &pages), ENOENT, "the dirty log is off at first");
	is_error(pvtime_kvm_log_dirty(vm.stolen, 1), 0, "the dirty log is switched on");
	expect_u64(logged(&vm, SLOT_LIBRARY), 0, "the log is empty before a vCPU runs");
	wait_and_run(&vm.vcpus[0]);
	expect_u64(logged(&vm, SLOT_LIBRARY), FIRST_PAGE,
		   "a vCPU that ran has its page of the region in the log, and no other");
	expect_u64(logged(&vm, SLOT_LIBRARY), 0, "the log is empty after it was read");
	vcpu_complete(&vm.vcpus[0]);
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, SIGNAL), 0, "KVM publishes");
	expect_u64(logged(&vm, SLOT_LIBRARY), FIRST_PAGE,
		   "the log has a publish without the guest");
	pvtime_kvm_reset(vm.stolen);
	expect_u64(logged(&vm, SLOT_LIBRARY), 0, "the log lacks what this process writes");
	is_error(pvtime_kvm_unregister(vm.stolen), 0, "the logged memory is taken away");
	is_error(pvtime_kvm_register(vm.stolen), 0, "the logged memory is brought back");
	wait_and_run(&vm.vcpus[0]);
	expect_u64(logged(&vm, SLOT_LIBRARY), FIRST_PAGE,
		   "memory that was taken away and brought back is still logged");
	is_error(pvtime_kvm_log_dirty(vm.stolen, 0), 0, "the dirty log is switched off");
	is_error(get_log(&vm, SLOT_LIBRARY, &pages), ENOENT, "the dirty log is off");
	before = stolen(&vm, 0);
	wait_and_run(&vm.vcpus[0]);
	expect(stolen(&vm, 0) > before, "a vCPU is still charged after the log was switched off");
	const uint64_t *own = pvtime_kvm_memory(vm.stolen, &fd);
	const void *other = mmap(NULL, VM_STOLEN_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	expect(other != MAP_FAILED && own[1] == stolen(&vm, 0) &&
		       memcmp(own, other, VM_STOLEN_SIZE) == 0,
	       "the memory that is handed out has the counters, by its address and its descriptor");
	munmap((void *)(uintptr_t)other, VM_STOLEN_SIZE);
	vm_destroy(&vm);
}
