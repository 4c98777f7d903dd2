/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which features a guest sees. A field that is not named here reads 0: a feature that Arm adds tomorrow
 * is hidden until somebody has thought about its state.
 */
#include "sysreg.h"

#define F(hi, lo) ((UINT64_MAX >> (63 - ((hi) - (lo)))) << (lo))

/* Fields that may be seen as they are (DDI 0487, D19.2). */
static const struct {
	uint8_t crm, op2;
	uint64_t keep;
} visible[] = {
	/* AArch32, for EL0: all but performance monitors, RAS, AMU and trace. */
	{1, 0, F(19, 0)},	       /* ID_PFR0 */
	{1, 1, F(31, 0) & ~F(15, 12)}, /* ID_PFR1: no EL2 */
	{1, 2, F(11, 0)},	       /* ID_DFR0: debug only */
	{1, 4, F(31, 0)},	       /* ID_MMFR0 to 3 */
	{1, 5, F(31, 0)},
	{1, 6, F(31, 0)},
	{1, 7, F(31, 0)},
	{2, 0, F(31, 0)}, /* ID_ISAR0 to 5 */
	{2, 1, F(31, 0)},
	{2, 2, F(31, 0)},
	{2, 3, F(31, 0)},
	{2, 4, F(31, 0)},
	{2, 5, F(31, 0)},
	{2, 6, F(31, 0)}, /* ID_MMFR4 */
	{2, 7, F(31, 0)}, /* ID_ISAR6 */
	{3, 0, F(63, 0)}, /* MVFR0 to 2 */
	{3, 1, F(63, 0)},
	{3, 2, F(63, 0)},
	{3, 4, F(7, 0)}, /* ID_PFR2: CSV3, SSBS */
	{4, 0,
	 F(3, 0) | F(27, 16) | F(51, 48) |
		 F(63, 56)}, /* ID_AA64PFR0: EL0, FP, SIMD, GIC, DIT, CSV */
	{4, 1, F(7, 0)},     /* ID_AA64PFR1: BTI, SSBS */
	{5, 0,
	 F(3, 0) | F(15, 12) | F(23, 20) | F(31, 28) |
		 F(39, 36)},				     /* ID_AA64DFR0: self-hosted debug */
	{6, 0, F(63, 28) | F(23, 4)},			     /* ID_AA64ISAR0: no TME */
	{6, 1, F(3, 0) | F(23, 12) | F(39, 32) | F(55, 40)}, /* ID_AA64ISAR1: no PAuth */
	{7, 0, F(31, 0)},				     /* ID_AA64MMFR0: no FGT, ECV */
	{7, 1,
	 F(3, 0) | F(15, 12) | F(23, 20) | F(39, 36)}, /* ID_AA64MMFR1: HAFDBS, HPDS, PAN, ETS */
	{7, 2,
	 F(11, 0) | F(23, 16) | F(35, 28) | F(51, 48) | F(55, 52) | F(63, 60)}, /* ID_AA64MMFR2 */
};

/* A field that may be seen up to a value only. */
static uint64_t limit(uint64_t value, unsigned lo, uint64_t most)
{
	uint64_t field = value >> lo & 15;

	return (value & ~(UINT64_C(15) << lo)) | min_u64(field, most) << lo;
}

uint64_t idreg_visible(unsigned crm, unsigned op2, uint64_t value)
{
	uint64_t keep = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(visible); i++) {
		if (visible[i].crm == crm && visible[i].op2 == op2)
			keep = visible[i].keep;
	}
	value &= keep;
	if (crm == 4 && op2 == 0) {
		value |= 1u << 4;	     /* EL1: AArch64 only */
		value = limit(value, 56, 1); /* CSV2: no SCXTNUM_ELx */
	}
	if (crm == 5 && op2 == 0)
		value = limit(value, 0, 8); /* Armv8.2 debug */
	if (crm == 7 && op2 == 0)
		value = limit(value, 0, 2); /* PARange: 40 bits, what stage 2 translates */
	return value;
}
