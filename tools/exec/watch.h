/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_WATCH_H
#define TOOLS_EXEC_WATCH_H

/*
 * What one process has told KVM, learnt from its system calls as they begin and end: its VMs with
 * their memory slots, their vCPUs, and which files stand for them. Nothing here knows how the calls
 * are watched.
 *
 * A VM can be used by the memory map that made it, and by no other (KVM answers EIO): each process
 * has its own of these.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/region.h>

struct exec_slot {
	uint32_t number;
	struct pvtime_range range; /* IPA, never empty */
	uint64_t memory;	   /* where it lies in the process */
};

struct exec_vm {
	unsigned ipa_bits;
	/* one of its vCPUs was about to run, and it was seen to: set by whoever watches */
	bool served;
	/* where its vCPUs' are in the process, if they were given any, or 0; the same */
	uint64_t structures;
	/* the VMM has taken the PV-time calls from its guest (KVM_REG_ARM_STD_HYP_BMAP) */
	bool denied;
	struct exec_slot *slots;
	size_t slot_count;
};

struct exec_vcpu {
	size_t vm; /* index */
	uint32_t id;
	uint64_t x0; /* as the VMM set it, 0 before */
	bool ran; /* its guest has the MMU on (SCTLR_EL1.M): it was restored, and has run before */
	bool begun; /* it was about to run, and its number was set: by whoever watches */
	bool off;   /* it was made to wait for another one to start it */
	bool given; /* the VMM has set the address of its structure itself */
};

struct exec_file {
	int fd;
	bool is_vcpu;
	size_t index; /* of the vCPU, or of the VM */
};

/* All zero: a process that has told nothing. Indexes stay what they are. */
struct exec_kvm {
	struct exec_vm *vms;
	struct exec_vcpu *vcpus;
	struct exec_file *files;
	size_t vm_count, vcpu_count, file_count;
};

/* A system call of one thread, from its entry to its exit. Whoever watches sets number and args. */
struct exec_call {
	uint64_t number, args[6];
	/* What the arguments pointed to, as far as it is of interest; set on entry. */
	bool is_read;
	uint64_t words[4];
	size_t vcpu; /* on EXEC_RUN */
};

enum exec_step {
	EXEC_ON,      /* nothing to do */
	EXEC_RUN,     /* a vCPU is about to run: call->vcpu */
	EXEC_RUN_ALL, /* KVM_RUN of a file that nobody has seen being made */
};

/* Copy from the process; false if it cannot be read. */
typedef bool exec_read_fn(void *ctx, uint64_t address, void *to, size_t size);

/* The call begins. */
enum exec_step exec_enter(const struct exec_kvm *kvm, struct exec_call *call, exec_read_fn *read,
			  void *ctx);

/* It has ended with `result`, a negative errno where it failed. false: no memory to keep it. */
bool exec_leave(struct exec_kvm *kvm, const struct exec_call *call, int64_t result);

/* Whether this VM was seen to, and the numbers of all vCPUs were set that can still be run. */
bool exec_is_settled(const struct exec_kvm *kvm, size_t vm);

/* Whether there is a VM that is not, and can still be run. */
bool exec_is_pending(const struct exec_kvm *kvm);

/* How many VMs have files of themselves and of a vCPU, so that they can be run. */
size_t exec_runnable(const struct exec_kvm *kvm);

/* One of the files that stand for it, or -1. */
int exec_vm_fd(const struct exec_kvm *kvm, size_t vm);
int exec_vcpu_fd(const struct exec_kvm *kvm, size_t vcpu);

/* Forget all: the process has executed another program, or is gone. */
void exec_forget(struct exec_kvm *kvm);

#endif
