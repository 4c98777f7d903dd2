/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VM's bitmap of standard hypervisor calls. It is one register for the whole VM, accessible
 * through any of its vCPUs, and it is fixed from the VM's first run on. This library knows only the
 * PV-time bit, and leaves the others as they are.
 */
#include <errno.h>
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/sys.h"
#include "libpvtime-kvm/uapi.h"

static int access_bitmap(int vcpu_fd, unsigned long request, uint64_t *bitmap)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM_STD_HYP_BMAP,
		.addr = (uintptr_t)bitmap,
	};
	int err = pvtk_ioctl(vcpu_fd, request, &reg);

	return err < 0 ? err : 0;
}

int pvtk_get_bitmap(int vcpu_fd, uint64_t *bitmap)
{
	return access_bitmap(vcpu_fd, KVM_GET_ONE_REG, bitmap);
}

int pvtk_set_bitmap(int vcpu_fd, uint64_t bitmap)
{
	return access_bitmap(vcpu_fd, KVM_SET_ONE_REG, &bitmap);
}

int pvtk_allowed(int vcpu_fd)
{
	uint64_t bitmap;
	int err = pvtk_get_bitmap(vcpu_fd, &bitmap);

	if (err == -ENOENT)
		return 0;
	if (err)
		return err;
	return bitmap & BITMAP_PV_TIME ? 0 : -ENXIO;
}

int pvtime_kvm_deny(int vcpu_fd)
{
	uint64_t bitmap;
	int err = pvtk_get_bitmap(vcpu_fd, &bitmap);

	if (err || !(bitmap & BITMAP_PV_TIME))
		return err;
	return pvtk_set_bitmap(vcpu_fd, bitmap & ~BITMAP_PV_TIME);
}
