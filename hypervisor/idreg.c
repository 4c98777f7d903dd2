/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The features that a guest sees. A field that is not named here reads 0: a feature that Arm adds
 * tomorrow is hidden until its state has been considered here.
 */
#include "sysreg.h"

#define F(hi, lo) ((UINT64_MAX >> (63 - ((hi) - (lo)))) << (lo))

/* By CRm and op2 (DDI 0487, D18.3.1). */
#define REG(crm, op2) (8 * (crm) + (op2))
enum {
	ID_PFR0 = REG(1, 0),
	ID_PFR1,
	ID_DFR0,
	ID_AFR0,
	ID_MMFR0,
	ID_MMFR1,
	ID_MMFR2,
	ID_MMFR3,
	ID_ISAR0,
	ID_ISAR1,
	ID_ISAR2,
	ID_ISAR3,
	ID_ISAR4,
	ID_ISAR5,
	ID_MMFR4,
	ID_ISAR6,
	MVFR0,
	MVFR1,
	MVFR2,
	ID_PFR2 = REG(3, 4),
	ID_AA64PFR0 = REG(4, 0),
	ID_AA64PFR1,
	ID_AA64DFR0 = REG(5, 0),
	ID_AA64ISAR0 = REG(6, 0),
	ID_AA64ISAR1,
	ID_AA64MMFR0 = REG(7, 0),
	ID_AA64MMFR1,
	ID_AA64MMFR2,
};

/* Fields that the guest sees unchanged (DDI 0487, D19.2). */
static const uint64_t visible[REG(8, 0)] = {
	/* AArch32, for EL0: no EL2, performance monitors, trace, AMU, RAS. */
	[ID_PFR0] = F(19, 0),
	[ID_PFR1] = F(31, 0) & ~F(15, 12),
	[ID_DFR0] = F(11, 0),
	[ID_MMFR0] = F(31, 0),
	[ID_MMFR1] = F(31, 0),
	[ID_MMFR2] = F(31, 0),
	[ID_MMFR3] = F(31, 0),
	[ID_ISAR0] = F(31, 0),
	[ID_ISAR1] = F(31, 0),
	[ID_ISAR2] = F(31, 0),
	[ID_ISAR3] = F(31, 0),
	[ID_ISAR4] = F(31, 0),
	[ID_ISAR5] = F(31, 0),
	[ID_MMFR4] = F(31, 0),
	[ID_ISAR6] = F(31, 0),
	[MVFR0] = F(63, 0),
	[MVFR1] = F(63, 0),
	[MVFR2] = F(63, 0),
	[ID_PFR2] = F(7, 0),
	/* EL0, FP, SIMD, GIC, DIT, CSV2 and CSV3: no EL2, EL3, RAS, SVE, MPAM, AMU. */
	[ID_AA64PFR0] = F(3, 0) | F(27, 16) | F(51, 48) | F(63, 56),
	/* BTI, SSBS: no MTE, SME, NMI. */
	[ID_AA64PFR1] = F(7, 0),
	/* Self-hosted debug: no PMU, trace, profiling. */
	[ID_AA64DFR0] = F(3, 0) | F(15, 12) | F(23, 20) | F(31, 28) | F(39, 36),
	/* No TME. */
	[ID_AA64ISAR0] = F(63, 28) | F(23, 4),
	/* No pointer authentication, LS64, XS. */
	[ID_AA64ISAR1] = F(3, 0) | F(23, 12) | F(39, 32) | F(55, 40),
	/* No FGT, ECV, stage 2 granules. */
	[ID_AA64MMFR0] = F(31, 0),
	/* HAFDBS, HPDS, PAN, ETS: no VHE, LOR, HCX. */
	[ID_AA64MMFR1] = F(3, 0) | F(15, 12) | F(23, 20) | F(39, 36),
	/* CnP, UAO, LSM, VARange, CCIDX, ST, AT, TTL, BBM, E0PD: no IESB, NV, IDS, FWB, EVT. */
	[ID_AA64MMFR2] = F(11, 0) | F(23, 16) | F(35, 28) | F(51, 48) | F(55, 52) | F(63, 60),
};

/* Limit a field to the value `most`. */
static uint64_t limit(uint64_t value, unsigned lo, uint64_t most)
{
	uint64_t field = value >> lo & 15;

	return (value & ~(UINT64_C(15) << lo)) | min_u64(field, most) << lo;
}

uint64_t idreg_visible(unsigned crm, unsigned op2, uint64_t value)
{
	unsigned reg = REG(crm, op2);

	value &= reg < ARRAY_SIZE(visible) ? visible[reg] : 0;
	if (reg == ID_AA64PFR0) {
		value |= 1u << 4;	     /* EL1: AArch64 only */
		value = limit(value, 56, 1); /* CSV2: no SCXTNUM_ELx */
	}
	if (reg == ID_AA64DFR0)
		value = limit(value, 0, 8); /* Armv8.2 debug */
	if (reg == ID_AA64MMFR0)
		value = limit(value, 0, 2); /* PARange: 40 bits, what stage 2 translates */
	return value;
}
