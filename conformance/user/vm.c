/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/uapi.h"
#include "user.h"
#include "vm.h"

enum { SLOT_CODE, SLOT_STOLEN };

/* ioctl(fd, request, argument). Returns its result; bails out if it fails. */
static int must(int fd, unsigned long request, void *argument, const char *name)
{
	int result = ioctl(fd, request, argument);

	if (result < 0)
		bail_out("%s", name);
	return result;
}

#define MUST(fd, request, argument) must(fd, request, argument, #request)

static void set_slot(struct vm *vm, uint32_t slot, uint32_t flags, uint64_t ipa, uint64_t size,
		     const uint8_t *memory)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = ipa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	MUST(vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
}

/* The same for calls of the library, which return a negative errno. */
static void must_do(int result, const char *name)
{
	errno = -result;
	if (result < 0)
		bail_out("%s", name);
}

#define MUST_DO(call) must_do(call, #call)

/* PSCI 0.2 or later, because a guest's discovery of stolen time begins with it. */
static void create_vcpu(struct vm *vm, unsigned index)
{
	struct vcpu *vcpu = &vm->vcpus[index];
	struct kvm_vcpu_init init = {.target = 0};

	vcpu->fd = MUST(vm->fd, KVM_CREATE_VCPU, (void *)(uintptr_t)index);
	MUST(vm->fd, KVM_ARM_PREFERRED_TARGET, &init);
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	MUST(vcpu->fd, KVM_ARM_VCPU_INIT, &init);
	int size = MUST(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL);
	vcpu->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		bail_out("mmap of a vCPU's kvm_run");
}

void vm_create(struct vm *vm)
{
	vm_create_prepared(vm, NULL);
}

void vm_create_prepared(struct vm *vm, void (*prepare)(struct vm *vm))
{
	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		bail_out("open of /dev/kvm");
	if (MUST(vm->kvm, KVM_GET_API_VERSION, NULL) != KVM_API_VERSION)
		bail_out("KVM_GET_API_VERSION is not %d", KVM_API_VERSION);
	vm->fd = MUST(vm->kvm, KVM_CREATE_VM, NULL);
	if (prepare)
		prepare(vm);
	vm->code = mmap(NULL, VM_CODE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
	if (vm->code == MAP_FAILED)
		bail_out("mmap of memory for the guest's code");
	memcpy(vm->code, guest_code, (size_t)(guest_code_end - guest_code));
	/* The instruction cache need not see the stores of memcpy(). */
	__builtin___clear_cache((char *)vm->code, (char *)vm->code + VM_CODE_SIZE);
	set_slot(vm, SLOT_CODE, 0, VM_CODE, VM_CODE_SIZE, vm->code);
	vm->stolen = NULL;
	vm->slot_read_only = false;
	for (unsigned i = 0; i < VM_VCPUS; i++)
		create_vcpu(vm, i);
}

void vm_give_stolen(struct vm *vm)
{
	const struct pvtime_range code = {VM_CODE, VM_CODE_SIZE};
	struct pvtime_range region;

	MUST_DO(pvtime_kvm_place(&region, VM_STOLEN, VM_VCPUS, &code, 1, 0));
	MUST_DO(pvtime_kvm_create(&vm->stolen, vm->fd, SLOT_STOLEN, &region, VM_VCPUS));
	MUST_DO(pvtime_kvm_register(vm->stolen));
}

void vm_destroy(struct vm *vm)
{
	size_t run_size = (size_t)MUST(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL);

	for (unsigned i = 0; i < VM_VCPUS; i++) {
		munmap(vm->vcpus[i].run, run_size);
		close(vm->vcpus[i].fd);
	}
	MUST_DO(pvtime_kvm_destroy(vm->stolen));
	close(vm->fd);
	close(vm->kvm);
	munmap(vm->code, VM_CODE_SIZE);
}

/* KVM cannot change the flags of a slot, so the slot is removed and made again. */
void vm_stolen_memory(struct vm *vm, enum vm_memory state)
{
	int access = state == VM_MEMORY_NOT_MAPPED	   ? PROT_NONE
		     : state == VM_MEMORY_MAPPED_READ_ONLY ? PROT_READ
							   : PROT_READ | PROT_WRITE;

	uint8_t *memory = (uint8_t *)vm->stolen->structures;

	if (vm->slot_read_only)
		set_slot(vm, SLOT_STOLEN, 0, VM_STOLEN, 0, memory);
	MUST_DO(pvtime_kvm_unregister(vm->stolen));
	vm->slot_read_only = state == VM_MEMORY_SLOT_READ_ONLY;
	if (vm->slot_read_only)
		set_slot(vm, SLOT_STOLEN, KVM_MEM_READONLY, VM_STOLEN, VM_STOLEN_SIZE, memory);
	else if (state != VM_MEMORY_SLOT_GONE)
		MUST_DO(pvtime_kvm_register(vm->stolen));
	if (mprotect(memory, VM_STOLEN_SIZE, access) != 0)
		bail_out("mprotect");
}

uint64_t vm_stolen_ns(const struct vm *vm)
{
	return pvtk_load(vm->stolen, 0);
}

void vm_set_stolen_ns(struct vm *vm, uint64_t ns)
{
	pvtk_store(vm->stolen, 0, ns);
}

int vcpu_has(struct vcpu *vcpu, uint64_t attribute)
{
	return -pvtk_attr(vcpu->fd, KVM_HAS_DEVICE_ATTR, attribute, NULL);
}

int vcpu_set(struct vcpu *vcpu, uint64_t attribute, void *address)
{
	return -pvtk_attr(vcpu->fd, KVM_SET_DEVICE_ATTR, attribute, address);
}

int vcpu_get(struct vcpu *vcpu, uint64_t attribute, void *address)
{
	return -pvtk_attr(vcpu->fd, KVM_GET_DEVICE_ATTR, attribute, address);
}

int vcpu_set_ipa(struct vcpu *vcpu, uint64_t ipa)
{
	return vcpu_set(vcpu, KVM_ARM_VCPU_PVTIME_IPA, &ipa);
}

int vcpu_get_ipa(struct vcpu *vcpu, uint64_t *ipa)
{
	return vcpu_get(vcpu, KVM_ARM_VCPU_PVTIME_IPA, ipa);
}

static void set_core_reg(struct vcpu *vcpu, uint64_t number, uint64_t value)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | number,
		.addr = (uintptr_t)&value,
	};

	MUST(vcpu->fd, KVM_SET_ONE_REG, &reg);
}

void vcpu_enter_at(struct vcpu *vcpu, const char *entry)
{
	set_core_reg(vcpu, KVM_REG_ARM_CORE_REG(regs.pc), VM_CODE + (uint64_t)(entry - guest_code));
}

void vcpu_enter_with(struct vcpu *vcpu, const char *entry, uint64_t x0, uint64_t x1)
{
	vcpu_enter_at(vcpu, entry);
	set_core_reg(vcpu, KVM_REG_ARM_CORE_REG(regs.regs[0]), x0);
	set_core_reg(vcpu, KVM_REG_ARM_CORE_REG(regs.regs[1]), x1);
}

uint64_t vcpu_call(struct vcpu *vcpu, uint64_t x0, uint64_t x1)
{
	vcpu_enter_with(vcpu, guest_hvc, x0, x1);
	return vcpu_run(vcpu);
}

uint64_t vcpu_run(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	uint64_t stored;

	while (ioctl(vcpu->fd, KVM_RUN, NULL) < 0)
		if (errno != EINTR)
			bail_out("KVM_RUN");
	if (run->exit_reason != KVM_EXIT_MMIO || !run->mmio.is_write ||
	    run->mmio.phys_addr != VM_NOWHERE || run->mmio.len != sizeof(stored))
		bail_out(
			"KVM_RUN ended for reason %u: expected a store of the guest to an address without memory",
			run->exit_reason);
	memcpy(&stored, run->mmio.data, sizeof(stored));
	return stored;
}
