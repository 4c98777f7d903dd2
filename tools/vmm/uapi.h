/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_UAPI_H
#define TOOLS_VMM_UAPI_H

/*
 * KVM's arm64 interface for any build machine: this command also compiles where asm/kvm.h is that
 * of another architecture, and reports at run time that it needs arm64. The numbers are those of
 * Linux's arch/arm64/include/uapi/asm/kvm.h.
 */
#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>
#include "libpvtime-kvm/uapi.h"

#ifndef __aarch64__
struct kvm_vcpu_init {
	uint32_t target;
	uint32_t features[7];
};
#define KVM_ARM_VCPU_POWER_OFF 0
#define KVM_ARM_VCPU_PSCI_0_2  2

#define KVM_DEV_ARM_VGIC_GRP_ADDR	       0
#define KVM_DEV_ARM_VGIC_GRP_DIST_REGS	       1
#define KVM_DEV_ARM_VGIC_GRP_NR_IRQS	       3
#define KVM_DEV_ARM_VGIC_GRP_CTRL	       4
#define KVM_DEV_ARM_VGIC_GRP_REDIST_REGS       5
#define KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS       6
#define KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO	       7
#define KVM_DEV_ARM_VGIC_CTRL_INIT	       0
#define KVM_DEV_ARM_VGIC_V3_MPIDR_SHIFT	       32
#define KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_SHIFT 10
#define VGIC_LEVEL_INFO_LINE_LEVEL	       0
#define KVM_VGIC_V3_ADDR_TYPE_DIST	       2
#define KVM_VGIC_V3_ADDR_TYPE_REDIST	       3
#define KVM_ARM_IRQ_TYPE_SHIFT		       24
#define KVM_ARM_IRQ_TYPE_SPI		       1
#endif

/* IDs of 64-bit registers (KVM_REG_ARM64): x0, pc, system registers, and the virtual counter. */
#define ARM_REG_X0	  UINT64_C(0x6030000000100000)
#define ARM_REG_PC	  UINT64_C(0x6030000000100040)
#define ARM_REG_SCTLR_EL1 UINT64_C(0x603000000013c080)
#define ARM_REG_VBAR_EL1  UINT64_C(0x603000000013c600)
#define ARM_REG_ESR_EL1	  UINT64_C(0x603000000013c290)
#define ARM_REG_ELR_EL1	  UINT64_C(0x6030000000100046)

#define ARM_REG_TIMER_CNT UINT64_C(0x603000000013df1a)
/* CNTPCT_EL0. KVM has it from Linux 6.4 on, although older headers define it, too. */
#define ARM_REG_PTIMER_CNT UINT64_C(0x603000000013df01)

/* CNTV_CTL_EL0 */
#define ARM_REG_TIMER_CTL UINT64_C(0x603000000013df19)

#ifdef __aarch64__
_Static_assert(ARM_REG_TIMER_CNT == KVM_REG_ARM_TIMER_CNT, "the counter");
_Static_assert(ARM_REG_PTIMER_CNT == ARM64_SYS_REG(3, 3, 14, 0, 1), "the physical counter");
_Static_assert(ARM_REG_TIMER_CTL == KVM_REG_ARM_TIMER_CTL, "the virtual timer");
_Static_assert(ARM_REG_PC == (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
			      KVM_REG_ARM_CORE_REG(regs.pc)),
	       "pc");
_Static_assert(ARM_REG_VBAR_EL1 == ARM64_SYS_REG(3, 0, 12, 0, 0), "VBAR_EL1");
_Static_assert(ARM_REG_ESR_EL1 == ARM64_SYS_REG(3, 0, 5, 2, 0), "ESR_EL1");
_Static_assert(ARM_REG_ELR_EL1 == (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
				   KVM_REG_ARM_CORE_REG(elr_el1)),
	       "ELR_EL1");
_Static_assert(ARM_REG_SCTLR_EL1 == ARM64_SYS_REG(3, 0, 1, 0, 0), "SCTLR_EL1");
#endif

#endif
