/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include "libpvtime-kvm/uapi.h"
#include "tools/exec/files.h"
#include "tools/exec/watch.h"

/*
 * From Linux's include/uapi/linux/kvm.h and close_range.h; Debian 12's headers lack
 * KVM_SET_USER_MEMORY_REGION2.
 */
#define SET_MEMORY_REGION_2 0x40a0ae49u /* _IOW(KVMIO, 0x49, 160 bytes) */
#define VCPU_INIT	    0x4020aeaeu /* KVM_ARM_VCPU_INIT: _IOW(KVMIO, 0xae, 32 bytes) */
#define POWER_OFF	    1u		/* in the vCPU's features: KVM_ARM_VCPU_POWER_OFF */
#define CLOSE_UNSHARE	    2u
#define CLOSE_CLOEXEC	    4u
#define REG_X0		    0x6030000000100000u /* KVM_REG_ARM_CORE, regs.regs[0] */
#define REG_SCTLR_EL1	    0x603000000013c080u /* KVM_REG_ARM64_SYSREG, op0 3, CRn 1 */
#define SCTLR_M		    1u
#define IPA_BITS_DEFAULT    40u	  /* KVM_CREATE_VM with type 0 */
#define IPA_BITS_MASK	    0xffu /* KVM_VM_TYPE_ARM_IPA_SIZE_MASK */

/* The kernel uses the low 32 bits of a request. */
static uint32_t request_of(const struct exec_call *call)
{
	return (uint32_t)call->args[1];
}

/* How many bytes at args[2] to read into call->words. */
static size_t interest(const struct exec_call *call)
{
	switch (request_of(call)) {
	case (uint32_t)KVM_SET_USER_MEMORY_REGION:
	case SET_MEMORY_REGION_2: /* begins like the older structure */
		return sizeof(struct kvm_userspace_memory_region);
	case (uint32_t)KVM_SET_DEVICE_ATTR:
		return sizeof(struct kvm_device_attr);
	case (uint32_t)KVM_SET_ONE_REG:
		return sizeof(struct kvm_one_reg);
	case VCPU_INIT: /* the target, and the first word of features */
		return sizeof(uint64_t);
	default:
		return 0;
	}
}

enum exec_step exec_enter(const struct exec_kvm *kvm, struct exec_call *call, exec_read_fn *read,
			  void *ctx)
{
	call->is_read = false;
	if (call->number != __NR_ioctl)
		return EXEC_ON;
	if (request_of(call) == (uint32_t)KVM_RUN) {
		struct exec_file *file = files_find_kind(kvm, call->args[0], true);

		if (file == NULL)
			return EXEC_RUN_ALL;
		call->vcpu = file->index;
		return EXEC_RUN;
	}
	size_t size = interest(call);
	_Static_assert(sizeof(struct kvm_userspace_memory_region) <= sizeof(call->words), "room");
	if (size == 0 || files_find(kvm, (int)call->args[0]) == NULL)
		return EXEC_ON;
	call->is_read = read(ctx, call->args[2], call->words, size);
	/* The second word points to the register's value: read the value into the third. */
	if (call->is_read && request_of(call) == (uint32_t)KVM_SET_ONE_REG &&
	    (call->words[0] & KVM_REG_SIZE_MASK) == KVM_REG_SIZE_U64)
		call->is_read = read(ctx, call->words[1], &call->words[2], sizeof(uint64_t));
	return EXEC_ON;
}

static bool add_vm(struct exec_kvm *kvm, const struct exec_call *call, int fd)
{
	unsigned bits = call->args[2] & IPA_BITS_MASK;
	struct exec_vm *vm = FILES_ONE_MORE(kvm->vms, kvm->vm_count);

	if (vm == NULL)
		return false;
	vm->ipa_bits = bits != 0 ? bits : IPA_BITS_DEFAULT;
	return files_add(kvm, fd, false, kvm->vm_count - 1);
}

static bool add_vcpu(struct exec_kvm *kvm, size_t vm, const struct exec_call *call, int fd)
{
	struct exec_vcpu *vcpu = FILES_ONE_MORE(kvm->vcpus, kvm->vcpu_count);

	if (vcpu == NULL)
		return false;
	vcpu->vm = vm;
	vcpu->id = (uint32_t)call->args[2];
	return files_add(kvm, fd, true, kvm->vcpu_count - 1);
}

/* Make or move the slot with this number, or with size 0 delete it. */
static bool set_slot(struct exec_vm *vm, const struct exec_call *call)
{
	struct kvm_userspace_memory_region region;
	struct exec_slot *slot = NULL;

	memcpy(&region, call->words, sizeof(region));
	for (size_t i = 0; i < vm->slot_count; i++)
		if (vm->slots[i].number == region.slot)
			slot = &vm->slots[i];
	if (region.memory_size == 0) {
		if (slot != NULL)
			*slot = vm->slots[--vm->slot_count];
		return true;
	}
	if (slot == NULL)
		slot = FILES_ONE_MORE(vm->slots, vm->slot_count);
	if (slot != NULL)
		*slot = (struct exec_slot){
			.number = region.slot,
			.range = {region.guest_phys_addr, region.memory_size},
			.memory = region.userspace_addr,
		};
	return slot != NULL;
}

static void set_register(struct exec_kvm *kvm, struct exec_vcpu *vcpu, uint64_t id, uint64_t value)
{
	if (id == REG_X0)
		vcpu->x0 = value;
	else if (id == REG_SCTLR_EL1)
		vcpu->ran = (value & SCTLR_M) != 0;
	else if (id == KVM_REG_ARM_STD_HYP_BMAP) /* applies to all vCPUs */
		kvm->vms[vcpu->vm].denied = (value >> KVM_REG_ARM_STD_HYP_BIT_PV_TIME & 1) == 0;
}

static bool leave_vm(struct exec_kvm *kvm, size_t vm, const struct exec_call *call, int64_t result)
{
	switch (request_of(call)) {
	case (uint32_t)KVM_CREATE_VCPU:
		return add_vcpu(kvm, vm, call, (int)result);
	case (uint32_t)KVM_SET_USER_MEMORY_REGION:
	case SET_MEMORY_REGION_2:
		return !call->is_read || set_slot(&kvm->vms[vm], call);
	default:
		return true;
	}
}

static void leave_vcpu(struct exec_kvm *kvm, size_t index, const struct exec_call *call)
{
	struct exec_vcpu *vcpu = &kvm->vcpus[index];
	struct kvm_device_attr attr;

	switch (request_of(call)) {
	case VCPU_INIT: /* resets registers */
		vcpu->x0 = 0;
		vcpu->ran = false;
		vcpu->off = call->is_read && (call->words[0] >> 32 & POWER_OFF) != 0;
		break;
	case (uint32_t)KVM_SET_ONE_REG:
		if (call->is_read)
			set_register(kvm, vcpu, call->words[0], call->words[2]);
		break;
	case (uint32_t)KVM_SET_DEVICE_ATTR:
		memcpy(&attr, call->words, sizeof(attr));
		if (call->is_read && attr.group == KVM_ARM_VCPU_PVTIME_CTRL &&
		    attr.attr == KVM_ARM_VCPU_PVTIME_IPA)
			vcpu->given = true;
		break;
	default:
		break;
	}
}

static bool leave_ioctl(struct exec_kvm *kvm, const struct exec_call *call, int64_t result)
{
	const struct exec_file *file = files_find(kvm, (int)call->args[0]);

	/* KVM_CREATE_VM is a call on /dev/kvm, which is not among the recorded files. */
	if (request_of(call) == (uint32_t)KVM_CREATE_VM)
		return add_vm(kvm, call, (int)result);
	if (file == NULL)
		return true;
	if (!file->is_vcpu)
		return leave_vm(kvm, file->index, call, result);
	leave_vcpu(kvm, file->index, call);
	return true;
}

bool exec_leave(struct exec_kvm *kvm, const struct exec_call *call, int64_t result)
{
	/* close() closes the descriptor even if it fails, unless the descriptor was not open. */
	if (call->number == __NR_close && result != -EBADF)
		files_remove(kvm, (uint32_t)call->args[0], (uint32_t)call->args[0]);
	if (result < 0)
		return true;
	switch (call->number) {
	case __NR_ioctl:
		return leave_ioctl(kvm, call, result);
	case __NR_dup:
	case __NR_dup3:
		return files_copy(kvm, call->args[0], result);
	case __NR_fcntl:
		return (call->args[1] != F_DUPFD && call->args[1] != F_DUPFD_CLOEXEC) ||
		       files_copy(kvm, call->args[0], result);
	case __NR_close_range:
		/* UNSHARE: in a table of the thread's own only; CLOEXEC: not yet. */
		if ((call->args[2] & (CLOSE_UNSHARE | CLOSE_CLOEXEC)) == 0)
			files_remove(kvm, (uint32_t)call->args[0], (uint32_t)call->args[1]);
		return true;
	default:
		return true;
	}
}
