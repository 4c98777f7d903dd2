/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ARM64_KVM_PVTIME_H__
#define __ARM64_KVM_PVTIME_H__

/*
 * The stolen time of a vCPU (Arm DEN0057A): how long its threads have waited
 * for a CPU. KVM keeps the total itself, and stores it in the guest's structure.
 */
#include <linux/spinlock.h>
#include <pvtime/view.h>

struct kvm_vcpu;

struct kvm_vcpu_steal {
	/*
	 * The address changes under config_lock; what is shown, and the image,
	 * under the lock below.
	 */
	struct pvtime_view view;
	struct pvtime_stolen image; /* what the guest's structure should hold */

	/*
	 * The following change under vcpu->mutex and the lock, for those who
	 * look at the vCPU without the mutex. But published may also change
	 * under the lock alone, in a round of another vCPU; clear_padding and
	 * missed may also change under the mutex alone.
	 */
	spinlock_t lock;
	u64 total;	/* in ns */
	u64 last_steal; /* run_delay of the thread, up to which total goes */
	bool to_begin; /* the next KVM_RUN sets last_steal, and charges nothing */
	bool adopt;    /* ... and takes the total from the guest's structure */
	bool clear_padding; /* the next publish writes the padding, too */
	bool published;	    /* what is in the structure goes at a reset */
	bool missed;	    /* the last publish could not be stored */
};

void kvm_pvtime_init(struct kvm_vcpu_steal *steal);
void kvm_pvtime_reset(struct kvm_vcpu *vcpu);
bool kvm_pvtime_begin(struct kvm_vcpu *vcpu);

#endif /* __ARM64_KVM_PVTIME_H__ */
