// SPDX-License-Identifier: BSD-2-Clause
/* The address of a vCPU's structure, which no other vCPU of the VM may have. */
#include <linux/kvm_host.h>

static bool overlaps(struct kvm *kvm, u64 ipa)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm)
		if (pvtime_overlaps(&vcpu->arch.steal.view, ipa))
			return true;
	return false;
}

/*
 * kvm->lock would keep other vCPUs from being created meanwhile, but must not
 * be taken here, inside vcpu->mutex. A vCPU that has just been created has no
 * address yet.
 */
int kvm_pvtime_set_ipa(struct kvm_vcpu *vcpu, u64 ipa)
{
	struct kvm *kvm = vcpu->kvm;
	int ret = -EINVAL;

	mutex_lock(&kvm->arch.config_lock);
	if (!overlaps(kvm, ipa))
		ret = pvtime_set_ipa(&vcpu->arch.steal.view, ipa);
	mutex_unlock(&kvm->arch.config_lock);
	return ret;
}
