/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_USER_VM_H
#define CONFORMANCE_USER_VM_H

/*
 * A VM of Linux KVM (Documentation/virt/kvm/api.rst). It has one memory slot with the code of
 * vcpu.S, vCPUs, and one slot with nothing but stolen-time structures, made by
 * libpvtime-kvm. If KVM refuses a call that every KVM must support, the program bails out.
 */
#include <stdbool.h>
#include <stdint.h>
#include <pvtime/kvm.h>

#define VM_VCPUS       2u
#define VM_CODE	       0x40000000u /* IPA */
#define VM_CODE_SIZE   0x10000u
#define VM_STOLEN      0x50000000u /* IPA of the structures */
#define VM_STOLEN_SIZE 0x10000u
#define VM_NOWHERE     0x60000000u /* no memory: a store of the guest to it ends KVM_RUN */

struct vcpu {
	int fd;
	struct kvm_run *run;
};

struct vm {
	int kvm, fd;
	uint8_t *code;		   /* the mapping in this process */
	struct pvtime_kvm *stolen; /* NULL: there are no structures */
	bool slot_read_only;	   /* for VM_MEMORY_SLOT_READ_ONLY, which the library cannot make */
	struct vcpu vcpus[VM_VCPUS];
};

/* Makes code and vCPUs, but no structures. */
void vm_create(struct vm *vm);
/* The same. prepare() can use vm->fd before there are slots and vCPUs. */
void vm_create_prepared(struct vm *vm, void (*prepare)(struct vm *vm));
/* Makes the structures at VM_STOLEN, and sets no address. */
void vm_give_stolen(struct vm *vm);
void vm_destroy(struct vm *vm);

/* How KVM can access the memory of the structures. The contents stay. */
enum vm_memory {
	VM_MEMORY_THERE,
	VM_MEMORY_SLOT_GONE,	  /* the VM has no memory at VM_STOLEN */
	VM_MEMORY_SLOT_READ_ONLY, /* KVM_MEM_READONLY */
	/* the slot exists, but user space's mapping behind it allows no access */
	VM_MEMORY_NOT_MAPPED,
	VM_MEMORY_MAPPED_READ_ONLY,
};
void vm_stolen_memory(struct vm *vm, enum vm_memory state);

/* The counter in the first vCPU's structure, in ns. */
uint64_t vm_stolen_ns(const struct vm *vm);
void vm_set_stolen_ns(struct vm *vm, uint64_t ns);

/*
 * KVM_HAS_, KVM_SET_ and KVM_GET_DEVICE_ATTR of an attribute in KVM_ARM_VCPU_PVTIME_CTRL. `address`
 * is the user-space pointer that KVM gets. Each returns 0 or the errno.
 */
int vcpu_has(struct vcpu *vcpu, uint64_t attribute);
int vcpu_set(struct vcpu *vcpu, uint64_t attribute, void *address);
int vcpu_get(struct vcpu *vcpu, uint64_t attribute, void *address);

/* The same for the attribute KVM_ARM_VCPU_PVTIME_IPA, from and to a variable. */
int vcpu_set_ipa(struct vcpu *vcpu, uint64_t ipa);
int vcpu_get_ipa(struct vcpu *vcpu, uint64_t *ipa);

/* Make the vCPU begin at an entry point of vcpu.S in its next run. */
void vcpu_enter_at(struct vcpu *vcpu, const char *entry);
/* The same with x0 and x1. */
void vcpu_enter_with(struct vcpu *vcpu, const char *entry, uint64_t x0, uint64_t x1);

/* KVM_RUN until the guest stores to VM_NOWHERE. Returns the value stored. */
uint64_t vcpu_run(struct vcpu *vcpu);

/* Make the guest call HVC #0. Returns all of x0. */
uint64_t vcpu_call(struct vcpu *vcpu, uint64_t x0, uint64_t x1);

/* The code of vcpu.S, which is copied to VM_CODE. */
extern const char guest_code[], guest_code_end[];
extern const char guest_call[]; /* stores the result of PV_TIME_ST, then continues as guest_work */
extern const char guest_hvc[];	/* the same for the call in x0 and x1 */
extern const char
	guest_work[]; /* stores 1 after every piece of work, of some 100,000 instructions */
/* Each stores x1 at x0, or twice from there on, then continues as guest_work. */
extern const char guest_store[], guest_store_pair[];
/* These never return. */
extern const char guest_load[];	 /* loads a word from x0 before every piece of work */
extern const char guest_sleep[]; /* stores x1 at x0 after much work, then waits by WFI */

#endif
