/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ESR_H
#define ESR_H

/* ESR_ELx (DDI 0487, D19.2.37). */
#include "types.h"

#define ESR_EC(esr)    ((unsigned)FIELD(esr, 31, 26))
#define ESR_IL	       BIT(25)
#define ESR_EC_SHIFT   26
#define ESR_IMM16(esr) ((unsigned)FIELD(esr, 15, 0))

#define EC_UNKNOWN    0x00u
#define EC_WFX	      0x01u
#define EC_HVC64      0x16u
#define EC_SMC64      0x17u
#define EC_SYSREG     0x18u
#define EC_IABT_LOWER 0x20u
#define EC_IABT_SAME  0x21u
#define EC_DABT_LOWER 0x24u
#define EC_DABT_SAME  0x25u

#define WFX_TIMEOUT BIT(1) /* WFIT or WFET, which are hidden from guests */

/* Data aborts. */
#define ISS_ISV	     BIT(24)
#define ISS_SAS(esr) (1u << FIELD(esr, 23, 22)) /* bytes */
#define ISS_SSE	     BIT(21)
#define ISS_SRT(esr) ((unsigned)FIELD(esr, 20, 16))
#define ISS_SF	     BIT(15)
#define ISS_FNV	     BIT(10)
#define ISS_CM	     BIT(8)
#define ISS_S1PTW    BIT(7)
#define ISS_WNR	     BIT(6)
#define ISS_FSC(esr) ((unsigned)FIELD(esr, 5, 0))

#define FSC_TYPE	  0x3cu
#define FSC_PERMISSION	  0x0cu
#define FSC_EXTERNAL	  0x10u /* synchronous external abort, not on a table walk */
#define FSC_EXTERNAL_WALK 0x14u /* on a table walk, plus its level */

/* MSR and MRS: the register's encoding as in the ISS, without direction and Rt. */
#define ISS_SYSREG(op0, op1, crn, crm, op2)                                      \
	((uint32_t)(op0) << 20 | (uint32_t)(op2) << 17 | (uint32_t)(op1) << 14 | \
	 (uint32_t)(crn) << 10 | (uint32_t)(crm) << 1)
#define ISS_SYSREG_MASK	   0x3ffc1eu
#define ISS_SYSREG_RT(esr) ((unsigned)FIELD(esr, 9, 5))
#define ISS_SYSREG_READ	   BIT(0)

#endif
