/* SPDX-License-Identifier: BSD-2-Clause */
/* tools/exec/watch.c: a VMM's system calls, and what is known of its VMs after them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include "libpvtime-kvm/uapi.h"
#include "tests/tap.h"
#include "tools/exec/watch.h"

#define X0	  0x6030000000100000u
#define X1	  0x6030000000100002u
#define SCTLR	  0x603000000013c080u
#define VCPU_INIT 0x4020aeaeu /* KVM_ARM_VCPU_INIT, on arm64 */
#define REGION_2  0x40a0ae49u /* KVM_SET_USER_MEMORY_REGION2 */

enum { KVM = 3, VM = 10, VCPU = 20 };

/* The calls are those of this process. */
static bool unreadable;

static bool read_here(void *ctx, uint64_t address, void *to, size_t size)
{
	(void)ctx;
	if (unreadable)
		return false;
	memcpy(to, (const void *)(uintptr_t)address, size);
	return true;
}

static bool call(struct exec_kvm *kvm, uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2,
		 int64_t result)
{
	struct exec_call c = {.number = number, .args = {a0, a1, a2}};

	exec_enter(kvm, &c, read_here, NULL);
	return exec_leave(kvm, &c, result);
}

static bool io(struct exec_kvm *kvm, int fd, unsigned long request, const void *argument,
	       int64_t result)
{
	return call(kvm, __NR_ioctl, (uint64_t)fd, request, (uintptr_t)argument, result);
}

static void slot(struct exec_kvm *kvm, int fd, uint32_t number, uint64_t ipa, uint64_t size,
		 uint64_t memory, int64_t result)
{
	const struct kvm_userspace_memory_region region = {
		.slot = number,
		.guest_phys_addr = ipa,
		.memory_size = size,
		.userspace_addr = memory,
	};

	io(kvm, fd, KVM_SET_USER_MEMORY_REGION, &region, result);
}

static void reg(struct exec_kvm *kvm, int fd, uint64_t id, uint64_t value, int64_t result)
{
	const struct kvm_one_reg r = {.id = id, .addr = (uintptr_t)&value};

	io(kvm, fd, KVM_SET_ONE_REG, &r, result);
}

static enum exec_step run(struct exec_kvm *kvm, int fd, size_t *vcpu)
{
	struct exec_call c = {.number = __NR_ioctl, .args = {(uint64_t)fd, KVM_RUN}};
	enum exec_step step = exec_enter(kvm, &c, read_here, NULL);

	*vcpu = c.vcpu;
	return step;
}

/* A VM with two vCPUs of the IDs 0 and 7. */
static struct exec_kvm two(void)
{
	struct exec_kvm kvm = {.vm_count = 0};

	io(&kvm, KVM, KVM_CREATE_VM, NULL, VM);
	io(&kvm, VM, KVM_CREATE_VCPU, NULL, VCPU);
	io(&kvm, VM, KVM_CREATE_VCPU, (const void *)7, VCPU + 1);
	return kvm;
}

static void test_vm(void)
{
	struct exec_kvm kvm = {.vm_count = 0};
	size_t vcpu = 99;

	tap_ok(run(&kvm, VCPU, &vcpu) == EXEC_RUN_ALL,
	       "KVM_RUN of a file that was not seen being made returns EXEC_RUN_ALL");
	tap_ok(io(&kvm, KVM, KVM_CREATE_VM, (const void *)(uintptr_t)(0x80000000u | 36), -EINVAL) &&
		       kvm.vm_count == 0,
	       "KVM_CREATE_VM that fails makes no VM");
	io(&kvm, KVM, KVM_CREATE_VM, (const void *)(uintptr_t)36, VM);
	io(&kvm, KVM, KVM_CREATE_VM, NULL, VM + 1);
	tap_is_u64(kvm.vm_count, 2, "two VMs are recorded");
	tap_is_u64(kvm.vms[0].ipa_bits, 36, "the first VM has the address space that it asked for");
	tap_is_u64(kvm.vms[1].ipa_bits, 40, "the second VM has KVM's own address space");
	io(&kvm, VM + 1, KVM_CREATE_VCPU, (const void *)5, VCPU);
	io(&kvm, VM, KVM_CREATE_VCPU, NULL, -EEXIST);
	io(&kvm, 77, KVM_CREATE_VCPU, NULL, 78);
	tap_is_u64(kvm.vcpu_count, 1, "only the vCPU that was made in a known VM is recorded");
	tap_ok(kvm.vcpus[0].vm == 1 && kvm.vcpus[0].id == 5,
	       "the vCPU belongs to the second VM, with its ID");
	tap_ok(run(&kvm, VCPU, &vcpu) == EXEC_RUN && vcpu == 0, "a run of the vCPU is reported");
	tap_ok(run(&kvm, VM, &vcpu) == EXEC_RUN_ALL, "KVM_RUN of a VM's file returns EXEC_RUN_ALL");
	tap_ok(exec_vm_fd(&kvm, 1) == VM + 1 && exec_vcpu_fd(&kvm, 0) == VCPU,
	       "the descriptors of a VM and of a vCPU are known");
	exec_forget(&kvm);
	tap_ok(kvm.vm_count == 0 && kvm.file_count == 0 && exec_vm_fd(&kvm, 0) < 0,
	       "exec_forget() forgets all VMs and files");
}

static void test_slots(void)
{
	struct exec_kvm kvm = two();
	const struct exec_vm *vm = &kvm.vms[0];
	struct {
		struct kvm_userspace_memory_region region;
		uint64_t more[16];
	} newer = {.region = {.slot = 4, .guest_phys_addr = 0x9000, .memory_size = 0x1000}};

	slot(&kvm, VM, 0, 0x40000000, 0x8000000, 0x7f0000000000, 0);
	slot(&kvm, VM, 1, 0x10000, 0x1000, 0x1000, 0);
	slot(&kvm, VM, 2, 0x20000, 0x1000, 0x1000, -EEXIST);
	slot(&kvm, VCPU, 3, 0x20000, 0x1000, 0x1000, 0);
	tap_is_u64(vm->slot_count, 2,
		   "two slots are recorded, and neither one that failed nor one of a vCPU's file");
	tap_ok(vm->slots[0].number == 0 && vm->slots[0].range.base == 0x40000000 &&
		       vm->slots[0].range.size == 0x8000000 &&
		       vm->slots[0].memory == 0x7f0000000000,
	       "a slot has its range and its memory");
	slot(&kvm, VM, 1, 0x30000, 0x2000, 0x5000, 0);
	tap_ok(vm->slot_count == 2 && vm->slots[1].range.base == 0x30000, "a slot is moved");
	slot(&kvm, VM, 0, 0x40000000, 0, 0, 0);
	tap_ok(vm->slot_count == 1 && vm->slots[0].number == 1, "a slot is taken away");
	slot(&kvm, VM, 9, 0x40000000, 0, 0, 0);
	tap_is_u64(vm->slot_count, 1, "a slot that does not exist is not taken away");
	io(&kvm, VM, REGION_2, &newer, 0);
	tap_ok(vm->slot_count == 2 && vm->slots[1].number == 4,
	       "a slot is added by the newer call");
	unreadable = true;
	slot(&kvm, VM, 5, 0x60000, 0x1000, 0, 0);
	unreadable = false;
	tap_is_u64(vm->slot_count, 2, "a slot whose argument cannot be read is not recorded");
	exec_forget(&kvm);
}

static void test_registers(void)
{
	struct exec_kvm kvm = two();
	uint32_t init[8] = {5, 0};

	reg(&kvm, VCPU, X0, 0x48000000, 0);
	reg(&kvm, VCPU, X1, 0x11111111, 0);
	reg(&kvm, VCPU + 1, X0, 0x22222222, -ENOEXEC);
	tap_is_u64(kvm.vcpus[0].x0, 0x48000000, "a vCPU's x0 is the value that was set");
	tap_is_u64(kvm.vcpus[1].x0, 0, "setting x0 in a call that fails does not change it");
	io(&kvm, VCPU, VCPU_INIT, init, 0);
	tap_ok(kvm.vcpus[0].x0 == 0 && !kvm.vcpus[0].off,
	       "initialising a vCPU again clears its x0");
	init[1] = 1;
	io(&kvm, VCPU + 1, VCPU_INIT, init, 0);
	tap_ok(kvm.vcpus[1].off && !kvm.vcpus[0].off,
	       "a vCPU that is initialised as powered off is off, the other is not");
	reg(&kvm, VCPU, SCTLR, 0x30d00800, 0);
	reg(&kvm, VCPU + 1, SCTLR, 0x30d00801, 0);
	tap_ok(!kvm.vcpus[0].ran && kvm.vcpus[1].ran, "a vCPU whose MMU is on has run before");
	reg(&kvm, VCPU + 1, SCTLR, 0x30d00800, 0);
	tap_ok(!kvm.vcpus[1].ran, "a vCPU whose MMU is off again, as by a reset, has not run");
	tap_ok(!kvm.vms[0].denied, "stolen time is not denied at first");
	reg(&kvm, VCPU + 1, KVM_REG_ARM_STD_HYP_BMAP, 0, -EBUSY);
	tap_ok(!kvm.vms[0].denied,
	       "setting the hypercall bitmap in a call that fails denies nothing");
	reg(&kvm, VCPU + 1, KVM_REG_ARM_STD_HYP_BMAP, 0, 0);
	tap_ok(kvm.vms[0].denied, "setting the hypercall bitmap to 0 denies stolen time");
	reg(&kvm, VCPU, KVM_REG_ARM_STD_HYP_BMAP, 3, 0);
	tap_ok(!kvm.vms[0].denied, "setting the hypercall bitmap to 3 allows stolen time again");
	exec_forget(&kvm);
}

static void attribute(struct exec_kvm *kvm, int fd, uint32_t group, uint64_t number, int64_t result)
{
	const struct kvm_device_attr attr = {.group = group, .attr = number};

	io(kvm, fd, KVM_SET_DEVICE_ATTR, &attr, result);
}

static void test_attribute(void)
{
	struct exec_kvm kvm = two();

	attribute(&kvm, VCPU, KVM_ARM_VCPU_PVTIME_CTRL, KVM_ARM_VCPU_PVTIME_IPA, -ENXIO);
	attribute(&kvm, VCPU, KVM_ARM_VCPU_PVTIME_CTRL - 1, KVM_ARM_VCPU_PVTIME_IPA, 0);
	attribute(&kvm, VCPU, KVM_ARM_VCPU_PVTIME_CTRL, 1, 0);
	attribute(&kvm, VM, KVM_ARM_VCPU_PVTIME_CTRL, KVM_ARM_VCPU_PVTIME_IPA, 0);
	tap_ok(!kvm.vcpus[0].given, "other attributes, and one that fails, give no stolen time");
	attribute(&kvm, VCPU, KVM_ARM_VCPU_PVTIME_CTRL, KVM_ARM_VCPU_PVTIME_IPA, 0);
	tap_ok(kvm.vcpus[0].given && !kvm.vcpus[1].given,
	       "the attribute of stolen time gives it to its vCPU only");
	exec_forget(&kvm);
}

static void test_files(void)
{
	struct exec_kvm kvm = two();

	call(&kvm, __NR_dup, VM, 0, 0, 30);
	call(&kvm, __NR_fcntl, VM, F_DUPFD, 0, 31);
	call(&kvm, __NR_fcntl, VM, F_GETFD, 0, 1);
	call(&kvm, __NR_dup3, VCPU + 1, 32, O_CLOEXEC, 32);
	slot(&kvm, 30, 0, 0x40000000, 0x1000, 0x1000, 0);
	slot(&kvm, 31, 1, 0x50000000, 0x1000, 0x1000, 0);
	tap_is_u64(kvm.vms[0].slot_count, 2, "copies of a VM's descriptor count as the VM");
	call(&kvm, __NR_close, VM, 0, 0, 0);
	call(&kvm, __NR_close, 30, 0, 0, -EINTR);
	tap_is_i64(exec_vm_fd(&kvm, 0), 31,
		   "a VM is reached by a copy when its other descriptors are closed");
	call(&kvm, __NR_close, 31, 0, 0, -EBADF);
	tap_is_i64(exec_vm_fd(&kvm, 0), 31, "a close() that fails with EBADF closes nothing");
	call(&kvm, __NR_dup3, 5, 31, 0, 31);
	tap_is_i64(exec_vm_fd(&kvm, 0), -1,
		   "dup3() onto a VM's last descriptor leaves the VM without one");
	call(&kvm, __NR_close_range, VCPU, VCPU + 1, 4, 0);
	call(&kvm, __NR_close_range, VCPU, VCPU + 1, 2, 0);
	call(&kvm, __NR_close_range, VCPU, VCPU + 1, 0, -EINVAL);
	tap_ok(exec_vcpu_fd(&kvm, 0) == VCPU,
	       "close_range() with other flags, or that fails, closes nothing");
	call(&kvm, __NR_close_range, VCPU, VCPU + 1, 0, 0);
	tap_ok(exec_vcpu_fd(&kvm, 0) < 0 && exec_vcpu_fd(&kvm, 1) == 32,
	       "close_range() closes the descriptors in its range only");
	call(&kvm, __NR_close_range, 4, UINT32_MAX, 0, 0);
	tap_is_u64(kvm.file_count, 0, "close_range() of every descriptor leaves no recorded file");
	exec_forget(&kvm);
}

/*
 * QEMU asks for the CPU's features with a VM of its own, and the next VM gets the same descriptors.
 */
static void test_scratch(void)
{
	struct exec_kvm kvm = {.vm_count = 0};
	size_t vcpu = 99;

	io(&kvm, KVM, KVM_CREATE_VM, NULL, VM);
	io(&kvm, VM, KVM_CREATE_VCPU, NULL, VM + 1);
	call(&kvm, __NR_close, VM + 1, 0, 0, 0);
	call(&kvm, __NR_close, VM, 0, 0, 0);
	io(&kvm, KVM, KVM_CREATE_VM, NULL, VM);
	io(&kvm, VM, KVM_CREATE_VCPU, NULL, VM + 1);
	tap_ok(run(&kvm, VM + 1, &vcpu) == EXEC_RUN && kvm.vcpus[vcpu].vm == 1,
	       "a vCPU that runs belongs to the second VM, although both had its descriptor");
	tap_is_i64(exec_vm_fd(&kvm, 1), VM,
		   "the second VM has the descriptor that the first VM closed");
	tap_is_i64(exec_vm_fd(&kvm, 0), -1, "the first VM, whose descriptor was reused, has none");
	exec_forget(&kvm);
}

static void test_runnable(void)
{
	struct exec_kvm kvm = two();

	tap_is_u64(exec_runnable(&kvm), 1, "a VM with vCPUs is counted once as runnable");
	io(&kvm, KVM, KVM_CREATE_VM, NULL, VM + 1);
	tap_is_u64(exec_runnable(&kvm), 1, "a VM without vCPUs is not counted as runnable");
	io(&kvm, VM + 1, KVM_CREATE_VCPU, NULL, VCPU + 2);
	tap_is_u64(exec_runnable(&kvm), 2, "a VM counts as runnable once it has a vCPU");
	call(&kvm, __NR_close, VCPU + 2, 0, 0, 0);
	tap_is_u64(exec_runnable(&kvm), 1,
		   "a VM whose only vCPU is closed does not count as runnable");
	call(&kvm, __NR_close, VM, 0, 0, 0);
	tap_is_u64(exec_runnable(&kvm), 0, "a closed VM does not count as runnable");
	exec_forget(&kvm);
	tap_is_u64(exec_runnable(&kvm), 0, "no VM is runnable if none is known");
}

/* Which VMs to watch, and for how long. */
static void test_pending(void)
{
	struct exec_kvm kvm = two();

	tap_ok(exec_is_pending(&kvm), "a VM that was not served is watched");
	kvm.vms[0].served = true;
	tap_ok(exec_is_pending(&kvm) && !exec_is_settled(&kvm, 0),
	       "a VM that was served is watched until its vCPUs have begun");
	kvm.vcpus[0].begun = true;
	call(&kvm, __NR_close, VCPU + 1, 0, 0, 0);
	tap_ok(!exec_is_pending(&kvm) && exec_is_settled(&kvm, 0),
	       "a vCPU that is closed does not leave its VM pending");
	io(&kvm, KVM, KVM_CREATE_VM, NULL, VM + 1);
	tap_ok(exec_is_pending(&kvm), "a second VM is watched before it has a vCPU");
	call(&kvm, __NR_close, VM + 1, 0, 0, 0);
	tap_ok(!exec_is_pending(&kvm), "a second VM that is closed is not watched");
	exec_forget(&kvm);
	tap_ok(!exec_is_pending(&kvm), "nothing is pending if no VM is known");
}

int main(void)
{
	test_pending();
	test_runnable();
	test_vm();
	test_slots();
	test_registers();
	test_attribute();
	test_files();
	test_scratch();
	return tap_done();
}
