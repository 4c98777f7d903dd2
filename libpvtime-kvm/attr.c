/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Support for stolen time, and the vCPU's attributes: the one that tells KVM the address of its
 * structure, and the total that a mended KVM keeps.
 */
#include <errno.h>
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/sys.h"
#include "libpvtime-kvm/uapi.h"

int pvtime_kvm_vm_supported(int vm_fd)
{
	int has = pvtk_ioctl(vm_fd, KVM_CHECK_EXTENSION, (void *)(uintptr_t)KVM_CAP_STEAL_TIME);

	return has > 0 ? 1 : has;
}

int pvtk_attr(int vcpu_fd, unsigned long request, uint64_t number, void *value)
{
	struct kvm_device_attr attr = {
		.group = KVM_ARM_VCPU_PVTIME_CTRL,
		.attr = number,
		.addr = (uintptr_t)value,
	};
	int err = pvtk_ioctl(vcpu_fd, request, &attr);

	return err < 0 ? err : 0;
}

int pvtime_kvm_vcpu_supported(int vcpu_fd)
{
	int err = pvtk_attr(vcpu_fd, KVM_HAS_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_IPA, NULL);

	return err == 0 ? 1 : err == -ENXIO ? 0 : err;
}

int pvtk_get_ipa(int vcpu_fd, uint64_t *ipa)
{
	return pvtk_attr(vcpu_fd, KVM_GET_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_IPA, ipa);
}

int pvtk_get_total(int vcpu_fd, uint64_t *ns)
{
	return pvtk_attr(vcpu_fd, KVM_GET_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_TOTAL, ns);
}

int pvtk_set_total(int vcpu_fd, uint64_t ns)
{
	return pvtk_attr(vcpu_fd, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_TOTAL, &ns);
}
