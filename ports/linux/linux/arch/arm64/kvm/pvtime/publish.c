// SPDX-License-Identifier: BSD-2-Clause
/*
 * The total of a vCPU's stolen time, and its publication in the guest's
 * structure.
 *
 * A publish stores the header, which is always 0, and then the counter. The
 * first store may fault and sleep, and so brings the page in. The second is
 * made under the lock of the total, without page faults, so that the counters
 * are stored in the order of the totals. If the page has gone in between, both
 * are tried once more. If that fails, nothing is lost: the next publish stores a
 * total that includes this one.
 */
#include <linux/sched.h>

#include "place.h"

/*
 * Charge the vCPU with what its thread, which is current, has waited since the
 * last time.
 */
static void charge(struct kvm_vcpu_steal *steal)
{
	u64 delay = READ_ONCE(current->sched_info.run_delay);

	steal->total += delay - steal->last_steal;
	steal->last_steal = delay;
}

/* Store all but the counter. All of it is 0. */
static bool store_constants(const struct kvm_vcpu_steal *steal,
			    struct pvtime_stolen __user *page)
{
	return store_header(page) &&
	       (!steal->clear_padding ||
		!__clear_user(page->reserved, sizeof(page->reserved)));
}

/* Returns whether the constants were stored, so that the page is dirty. */
static bool publish(struct kvm_vcpu_steal *steal,
		    struct pvtime_stolen __user *page)
{
	bool there = store_constants(steal, page);
	bool stored;

	spin_lock(&steal->lock);
	charge(steal);
	pvtime_show(&steal->view, steal->total);
	stored = there && store_counter(steal, page);
	spin_unlock(&steal->lock);

	if (unlikely(there && !stored) && store_header(page)) {
		spin_lock(&steal->lock);
		stored = store_counter(steal, page);
		spin_unlock(&steal->lock);
	}
	if (stored)
		steal->clear_padding = false;
	WRITE_ONCE(steal->missed, !stored);
	return there;
}

/*
 * Whether the structure can be stored in: what user space has restored was read,
 * and the dirty ring is not full. Its last entry is for kvm_pvtime_reset().
 */
static bool can_publish(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;

	return (likely(!steal->to_begin && !steal->adopt) ||
		kvm_pvtime_begin(vcpu)) &&
	       ring_has_room(vcpu, vcpu->dirty_ring.size - 1);
}

/*
 * Called by the vCPU's thread, in KVM_RUN, where the vCPU has its CPU again,
 * and on the way out. Where the structure cannot be stored in yet, the total
 * still takes in what the thread has waited.
 */
void kvm_update_stolen_time(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = vcpu->kvm;
	struct place place;
	int idx;

	if (!kvm_arm_is_pvtime_enabled(&vcpu->arch))
		return;
	if (!can_publish(vcpu)) {
		spin_lock(&vcpu->arch.steal.lock);
		charge(&vcpu->arch.steal);
		spin_unlock(&vcpu->arch.steal.lock);
		return;
	}

	idx = srcu_read_lock(&kvm->srcu);
	place = find_place(vcpu);
	if (publish(&vcpu->arch.steal, place.page))
		mark_page_dirty_in_slot(kvm, place.slot, place.gfn);
	srcu_read_unlock(&kvm->srcu, idx);
}
