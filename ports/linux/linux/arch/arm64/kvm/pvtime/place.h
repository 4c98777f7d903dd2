/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __KVM_ARM64_PVTIME_PLACE_H__
#define __KVM_ARM64_PVTIME_PLACE_H__

/*
 * Where a vCPU's structure is in the memory of user space, and how the counter
 * is stored there.
 */
#include <linux/kvm_host.h>
#include <linux/uaccess.h>

/* Valid while kvm->srcu is held. page is NULL if there is no such memory. */
struct place {
	const struct kvm_memory_slot *slot;
	gfn_t gfn;
	struct pvtime_stolen __user *page;
};

static inline struct place find_place(struct kvm_vcpu *vcpu)
{
	u64 ipa = pvtime_get_ipa(&vcpu->arch.steal.view);
	struct kvm_memory_slot *slot =
		gfn_to_memslot(vcpu->kvm, gpa_to_gfn(ipa));
	struct place place = {.slot = slot, .gfn = gpa_to_gfn(ipa)};
	unsigned long hva = gfn_to_hva_memslot(slot, place.gfn);

	if (!kvm_is_error_hva(hva))
		place.page = (void __user *)(hva + offset_in_page(ipa));
	return place;
}

/*
 * Whether the vCPU's dirty ring, if it has one, has less than `limit` entries.
 * User space must empty a full one before more is stored.
 */
static inline bool ring_has_room(struct kvm_vcpu *vcpu, u32 limit)
{
	const struct kvm_dirty_ring *ring = &vcpu->dirty_ring;

	return !vcpu->kvm->dirty_ring_size ||
	       READ_ONCE(ring->dirty_index) - READ_ONCE(ring->reset_index) <
		       limit;
}

/* Store the header, which is always 0. This may fault, and sleep. */
static inline bool store_header(struct pvtime_stolen __user *page)
{
	return page && !__put_user(0, (u64 __user *)page);
}

/*
 * Store what was last shown. The caller holds the vCPU's lock; nothing faults.
 */
static inline bool store_counter(struct kvm_vcpu_steal *steal,
				 struct pvtime_stolen __user *page)
{
	int err;

	lockdep_assert_held(&steal->lock);
	if (!page)
		return false;
	pagefault_disable();
	err = __put_user(steal->image.stolen_ns, &page->stolen_ns);
	pagefault_enable();
	steal->published |= !err;
	return !err;
}

#endif /* __KVM_ARM64_PVTIME_PLACE_H__ */
