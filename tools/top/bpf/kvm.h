/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_KVM_H
#define TOOLS_TOP_BPF_KVM_H

/*
 * What guest.bpf.c needs of KVM, as kernel.h has it of the rest of the kernel. A vCPU has the
 * fields of one architecture: the program asks which ones exist. KVM may be a module, with types of
 * its own.
 */

#define IN_GUEST_MODE	   1			 /* linux/kvm_host.h: the guest runs */
#define TASK_INTERRUPTIBLE 1u			 /* linux/sched.h */
#define GPA_INVALID	   0xffffffffffffffffull /* linux/kvm_types.h */

/* asm/kvm_para.h of x86 */
#define KVM_FEATURE_STEAL_TIME 5
#define KVM_MSR_ENABLED	       1

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct hlist_node {
	struct hlist_node *next;
};

struct preempt_notifier {
	struct hlist_node link;
};

struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right, *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct kvm_memory_slot {
	struct rb_node gfn_node[2];
	__u64 base_gfn;
	unsigned long npages;
	unsigned long userspace_addr;
};

struct kvm_memslots {
	struct rb_root gfn_tree;
	int node_idx;
};

struct kvm {
	struct kvm_memslots *memslots[1];
};

struct kvm_vcpu_arch {
	struct {
		__u64 last_steal;
		__u64 base;
	} steal; /* arm64 */
	struct {
		__u64 msr_val;
	} st; /* x86 */
	struct {
		__u32 features;
	} pv_cpuid; /* x86 */
};

struct kvm_vcpu {
	struct kvm *kvm;
	struct preempt_notifier preempt_notifier;
	int mode;
	struct kvm_vcpu_arch arch;
};

#pragma clang attribute pop

#endif
