/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_UAPI_H
#define KVM_UAPI_H

/*
 * KVM's arm64 interface, on any machine: the library is also built and tested on other
 * architectures, which have another asm/kvm.h. The numbers are those of Linux's
 * arch/arm64/include/uapi/asm/kvm.h.
 */
#include <linux/kvm.h>

#ifndef __aarch64__
#define KVM_ARM_VCPU_PVTIME_CTRL 2
#define KVM_ARM_VCPU_PVTIME_IPA	 0
#endif

/* Since Linux 5.19; older headers lack it on arm64 as well. */
#ifndef KVM_REG_ARM_STD_HYP_BMAP
#define KVM_REG_ARM_STD_HYP_BMAP	0x6030000000160001ull
#define KVM_REG_ARM_STD_HYP_BIT_PV_TIME 0
#endif

_Static_assert(KVM_ARM_VCPU_PVTIME_CTRL == 2 && KVM_ARM_VCPU_PVTIME_IPA == 0,
	       "KVM's numbers of the stolen-time attribute must be 2 and 0");
_Static_assert(KVM_REG_ARM_STD_HYP_BMAP == 0x6030000000160001ull &&
		       KVM_REG_ARM_STD_HYP_BIT_PV_TIME == 0,
	       "KVM's register for the bitmap of hypervisor calls must have this number");

#endif
