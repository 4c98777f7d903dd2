/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The second program of `pvtime top` in the kernel: an iterator that writes what KVM knows of the
 * stolen time of each guest. DESIGN.md ("pvtime top") explains what user space infers from it.
 *
 * A thread in KVM_RUN has a preemption notifier, which is a part of its vCPU. The vCPU exists as
 * long as the thread has it: so it is read first, and used only if the thread has it still.
 */
#include "tools/top/bpf/kernel.h"
#include "tools/top/bpf/kvm.h"
#include "tools/top/bpf/fact.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define DEPTH \
	40u /* of the tree of a VM's memory: twice the bits of the number of slots, and more */

char licence[] SEC("license") = "Dual BSD/GPL";

const volatile __u32 page_shift; /* of the kernel's pages; user space sets it */

/* Where the VMM has the guest's address `ipa` in its own memory; 0: nowhere, or not known. */
static __u64 find_memory(const struct kvm *kvm, __u64 ipa)
{
	const struct kvm_memslots *slots = BPF_CORE_READ(kvm, memslots[0]);
	const void *node = BPF_CORE_READ(slots, gfn_tree.rb_node);
	__u64 place = bpf_core_field_offset(struct kvm_memory_slot, gfn_node) +
		      (BPF_CORE_READ(slots, node_idx) & 1) * bpf_core_type_size(struct rb_node);
	__u64 page = ipa >> page_shift;

	for (__u32 i = 0; i < DEPTH && node; i++) {
		const struct kvm_memory_slot *slot = node - place;
		__u64 first = BPF_CORE_READ(slot, base_gfn);

		if (page < first)
			node = BPF_CORE_READ((const struct rb_node *)node, rb_left);
		else if (page - first >= BPF_CORE_READ(slot, npages))
			node = BPF_CORE_READ((const struct rb_node *)node, rb_right);
		else
			return BPF_CORE_READ(slot, userspace_addr) + (ipa - (first << page_shift));
	}
	return 0;
}

/*
 * arm64: KVM counts for each guest to which stolen time is offered, whether it has asked for it or
 * not. It adds to both counts at once, before it enters the guest; see top_guest_take(). The
 * structure's number begins at its byte 8. 0: it cannot be read now.
 */
static int read_counts(struct top_fact *fact, struct task_struct *task, const struct kvm_vcpu *vcpu,
		       __u64 base)
{
	const struct kvm *kvm = BPF_CORE_READ(vcpu, kvm);

	fact->kind = TOP_FACT_COUNTS;
	fact->counted = BPF_CORE_READ(vcpu, arch.steal.last_steal);
	if (fact->counted == 0) { /* the vCPU has never entered the guest, nor asked */
		fact->settled = 1;
		return 1;
	}
	if (!bpf_core_field_exists(struct kvm_memslots, gfn_tree))
		return 0;
	__u64 at = find_memory(kvm, base + 8);
	if (at == 0 ||
	    bpf_copy_from_user_task(&fact->shown, sizeof(fact->shown), (void *)at, task, 0) != 0)
		return 0;
	fact->settled = BPF_CORE_READ(vcpu, mode) == IN_GUEST_MODE ||
			(task->__state & TASK_INTERRUPTIBLE) != 0;
	return BPF_CORE_READ(vcpu, arch.steal.last_steal) == fact->counted;
}

/* 0: nothing can be said now. */
static int read_vcpu(struct top_fact *fact, struct task_struct *task, const struct kvm_vcpu *vcpu)
{
	if (bpf_core_field_exists(struct kvm_vcpu_arch, steal.base)) {
		__u64 base = BPF_CORE_READ(vcpu, arch.steal.base);

		if (base != GPA_INVALID)
			return read_counts(fact, task, vcpu, base);
		fact->kind = TOP_FACT_NOT_OFFERED;
		return 1;
	}
	if (bpf_core_field_exists(struct kvm_vcpu_arch, st.msr_val) &&
	    bpf_core_field_exists(struct kvm_vcpu_arch, pv_cpuid.features)) {
		if (BPF_CORE_READ(vcpu, arch.st.msr_val) & KVM_MSR_ENABLED)
			fact->kind = TOP_FACT_ON;
		else if (BPF_CORE_READ(vcpu, arch.pv_cpuid.features) >> KVM_FEATURE_STEAL_TIME & 1)
			fact->kind = TOP_FACT_OFF;
		return 1;
	}
	return 0;
}

SEC("iter.s/task")
int on_guest(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct top_fact fact = {.kind = TOP_FACT_NOT_OFFERED};

	if (!task || !bpf_core_field_exists(struct kvm_vcpu, preempt_notifier))
		return 0;
	const void *notifier = BPF_CORE_READ(task, preempt_notifiers.first);
	if (!notifier)
		return 0;
	const struct kvm_vcpu *vcpu =
		notifier - bpf_core_field_offset(struct kvm_vcpu, preempt_notifier);
	fact.thread = (__u32)task->pid;
	if (read_vcpu(&fact, task, vcpu) &&
	    BPF_CORE_READ(task, preempt_notifiers.first) == notifier)
		bpf_seq_write(ctx->meta->seq, &fact, sizeof(fact));
	return 0;
}
