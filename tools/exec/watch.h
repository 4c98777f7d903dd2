/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_WATCH_H
#define TOOLS_EXEC_WATCH_H

/*
 * What one process has configured in KVM, derived from the entry and exit of its system calls: its
 * VMs with their memory slots, their vCPUs, and the file descriptors of both. Nothing here depends
 * on how the calls are watched.
 *
 * A VM can be used only by the memory map that made it (KVM returns EIO otherwise), so each process
 * has a struct exec_kvm of its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/region.h>

struct exec_slot {
	uint32_t number;
	struct pvtime_range range; /* IPA, never empty */
	uint64_t memory;	   /* address in the process */
};

struct exec_vm {
	unsigned ipa_bits;
	/* the tracer sets this: it has served the VM, or could not, before the first KVM_RUN */
	bool served;
	/* the tracer sets this: address of the structures in the process; 0: none */
	uint64_t structures;
	/* the VMM denies its guest the PV-time calls (KVM_REG_ARM_STD_HYP_BMAP) */
	bool denied;
	struct exec_slot *slots;
	size_t slot_count;
};

struct exec_vcpu {
	size_t vm; /* index in exec_kvm.vms */
	uint32_t id;
	uint64_t x0; /* as the VMM set it; 0: not set */
	bool ran;    /* the VMM switched the guest's MMU on (SCTLR_EL1.M): the guest was restored */
	bool begun;  /* the tracer sets this: it has run, with its stolen time set */
	bool off;    /* it is off until another vCPU starts it */
	bool given;  /* the VMM itself has set the address of its structure */
};

struct exec_file {
	int fd;
	bool is_vcpu;
	size_t index; /* of the vCPU or the VM */
};

/* All zero: the process has no VM. An element keeps its index. */
struct exec_kvm {
	struct exec_vm *vms;
	struct exec_vcpu *vcpus;
	struct exec_file *files;
	size_t vm_count, vcpu_count, file_count;
};

/* A system call of one thread, from its entry to its exit. The tracer sets `number` and `args`. */
struct exec_call {
	uint64_t number, args[6];
	/* What the arguments point to, as far as it is used; set on entry. */
	bool is_read;
	uint64_t words[4];
	size_t vcpu; /* index, for EXEC_RUN */
};

enum exec_step {
	EXEC_ON,      /* nothing to do */
	EXEC_RUN,     /* a vCPU is about to run: call->vcpu */
	EXEC_RUN_ALL, /* KVM_RUN on a file whose creation was not watched */
};

/* Copy from the process's memory; false: it cannot be read. */
typedef bool exec_read_fn(void *ctx, uint64_t address, void *to, size_t size);

/* A call is on entry. */
enum exec_step exec_enter(const struct exec_kvm *kvm, struct exec_call *call, exec_read_fn *read,
			  void *ctx);

/* The call has ended with `result`, or a negative errno. false: out of memory. */
bool exec_leave(struct exec_kvm *kvm, const struct exec_call *call, int64_t result);

/* Whether the VM was served, and every vCPU that can still run has begun. */
bool exec_is_settled(const struct exec_kvm *kvm, size_t vm);

/* Whether a VM that can still run is not settled. */
bool exec_is_pending(const struct exec_kvm *kvm);

/* How many VMs can run, because the descriptors of the VM and of a vCPU are open. */
size_t exec_runnable(const struct exec_kvm *kvm);

/* A descriptor of the VM or vCPU, or -1. */
int exec_vm_fd(const struct exec_kvm *kvm, size_t vm);
int exec_vcpu_fd(const struct exec_kvm *kvm, size_t vcpu);

/* Forget everything: the process has executed another program, or has ended. */
void exec_forget(struct exec_kvm *kvm);

#endif
