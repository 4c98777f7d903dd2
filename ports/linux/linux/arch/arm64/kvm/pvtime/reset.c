// SPDX-License-Identifier: BSD-2-Clause
/*
 * How a vCPU's stolen time begins: with 0 where the vCPU is created or reset,
 * and with what the guest's structure holds where user space has restored the
 * guest's memory.
 */
#include <linux/sched.h>

#include "place.h"

static void start_again(struct kvm_vcpu_steal *steal)
{
	steal->total = 0;
	steal->to_begin = true;
	steal->adopt = true;
	steal->clear_padding = true;
	steal->published = false;
	steal->missed = false;
	pvtime_restart(&steal->view, 0);
}

void kvm_pvtime_init(struct kvm_vcpu_steal *steal)
{
	spin_lock_init(&steal->lock);
	pvtime_view_init(&steal->view, PVTIME_DIALECT_1_0);
	pvtime_map(&steal->view, &steal->image);
	start_again(steal);
}

/* Zero the structure of a vCPU that does not run. Returns whether that is done. */
static bool zero_structure(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = vcpu->kvm;
	struct place place;
	bool zeroed;
	int idx;

	vcpu_load(vcpu); /* a dirty ring is that of a loaded vCPU */
	idx = srcu_read_lock(&kvm->srcu);
	place = find_place(vcpu);
	zeroed = place.page && ring_has_room(vcpu, vcpu->dirty_ring.size) &&
		 !__clear_user(place.page, sizeof(*place.page));
	if (zeroed)
		mark_page_dirty_in_slot(kvm, place.slot, place.gfn);
	srcu_read_unlock(&kvm->srcu, idx);
	vcpu_put(vcpu);
	return zeroed;
}

/*
 * KVM_ARM_VCPU_INIT. What KVM has published goes. What user space has put there
 * before the vCPU first runs stays, for kvm_pvtime_begin().
 */
void kvm_pvtime_reset(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;
	bool published;

	spin_lock(&steal->lock);
	published = steal->published;
	start_again(steal);
	spin_unlock(&steal->lock);

	if (!published || zero_structure(vcpu))
		return;

	/* What is there is the old number, also for the next reset. */
	spin_lock(&steal->lock);
	steal->adopt = false;
	steal->published = true;
	spin_unlock(&steal->lock);
}

/*
 * Add the counter that user space has restored with the guest's memory to the
 * total. KVM reads the structure only here, and so trusts it only here. Returns
 * false if there is no memory that can be read now.
 */
static bool adopt(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;
	struct place place;
	__le64 counter = 0;
	u64 restored;
	bool read;
	int idx;

	idx = srcu_read_lock(&vcpu->kvm->srcu);
	place = find_place(vcpu);
	read = place.page &&
	       !__get_user(counter, (__le64 __user *)&place.page->stolen_ns);
	srcu_read_unlock(&vcpu->kvm->srcu, idx);
	if (!read)
		return false;

	/* Nothing has waited for 292 years. Such a number would wrap around. */
	restored = le64_to_cpu(counter) <= S64_MAX ? le64_to_cpu(counter) : 0;
	spin_lock(&steal->lock);
	steal->total += restored;
	pvtime_restart(&steal->view, steal->total);
	steal->adopt = false;
	steal->published = true; /* a reset zeroes what was restored, too */
	spin_unlock(&steal->lock);
	return true;
}

/*
 * The first KVM_RUN after KVM_ARM_VCPU_INIT: waits count from here on. User
 * space that knows nothing but the guest's memory has restored the structure
 * with it, and the total goes on from there.
 *
 * Returns false as long as the structure cannot be read. Nothing must be stored
 * until then: it would overwrite what user space has restored.
 */
bool kvm_pvtime_begin(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;

	if (!kvm_arm_is_pvtime_enabled(&vcpu->arch))
		return false;

	if (steal->to_begin) {
		spin_lock(&steal->lock);
		steal->last_steal = READ_ONCE(current->sched_info.run_delay);
		steal->to_begin = false;
		/* A reset zeroes what memory holds, where it was not to count. */
		steal->published |= !steal->adopt;
		spin_unlock(&steal->lock);
	}
	return !steal->adopt || adopt(vcpu);
}
