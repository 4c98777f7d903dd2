/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A region that the guest cannot write to. A KVM that keeps the total itself also publishes
 * in a slot that is read-only for the guest, so its attribute answers for both.
 */
#include <errno.h>
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/sys.h"
#include "libpvtime-kvm/uapi.h"

int pvtime_kvm_read_only(struct pvtime_kvm *k, int vcpu_fd)
{
	if (k->memfd == NO_FD)
		return -EPERM;
	if (k->registered)
		return -EBUSY;
	int err = pvtk_attr(vcpu_fd, KVM_HAS_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_TOTAL, NULL);
	if (err)
		return err == -ENXIO ? 0 : err;
	k->read_only = true;
	return 1;
}

int pvtime_kvm_vcpu_refuse(const struct pvtime_kvm *k, int vcpu_fd, uint64_t ipa)
{
	struct arm_vcpu_events events = {.ext_dabt_pending = 1};

	if (ipa - k->region.base >= k->region.size)
		return 0;
	int err = pvtk_ioctl(vcpu_fd, ARM_SET_VCPU_EVENTS, &events);
	return err < 0 ? err : 1;
}
