/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_UAPI_H
#define KVM_UAPI_H

/*
 * KVM's arm64 interface, on any machine: the library is also built and tested on other
 * architectures, which have another asm/kvm.h. The numbers are those of Linux's
 * arch/arm64/include/uapi/asm/kvm.h.
 */
#include <linux/kvm.h>
#include <stdint.h>

#ifndef __aarch64__
#define KVM_ARM_VCPU_PVTIME_CTRL 2
#define KVM_ARM_VCPU_PVTIME_IPA	 0
#endif

/* The total itself, to read and to set, in kernels with ports/linux. */
#ifndef KVM_ARM_VCPU_PVTIME_TOTAL
#define KVM_ARM_VCPU_PVTIME_TOTAL 256
#endif

/* struct kvm_vcpu_events of arm64; other architectures use the name for something else. */
struct arm_vcpu_events {
	uint8_t serror_pending, serror_has_esr, ext_dabt_pending, pad[5];
	uint64_t serror_esr;
	uint32_t reserved[12];
};
#define ARM_GET_VCPU_EVENTS _IOR(KVMIO, 0x9f, struct arm_vcpu_events)
#define ARM_SET_VCPU_EVENTS _IOW(KVMIO, 0xa0, struct arm_vcpu_events)

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
#ifdef __aarch64__
_Static_assert(ARM_SET_VCPU_EVENTS == KVM_SET_VCPU_EVENTS,
	       "struct arm_vcpu_events must have the size of KVM's");
#endif

#endif
