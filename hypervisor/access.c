/* SPDX-License-Identifier: BSD-2-Clause */
#include "access.h"

/*
 * Load/store pair (DDI 0487, C4.1.94): opc 31:30, V 26, mode 24:23, L 22, imm7 21:15, Rt2, Rn, Rt.
 */
static bool decode_pair(uint32_t insn, struct access *a)
{
	unsigned opc = insn >> 30, mode = insn >> 23 & 3;

	if (insn & BIT(26) || opc == 3 || (opc == 1 && !(insn & BIT(22))))
		return false;
	*a = (struct access){
		.size = opc == 2 ? 8 : 4,
		.count = 2,
		.reg = {insn & 31, insn >> 10 & 31},
		.write = !(insn & BIT(22)),
		.sign_extend = opc == 1,
		.wide = opc != 0,
		.base = ACCESS_NO_REG,
	};
	if (mode & 1) { /* 1: post-index, 3: pre-index */
		a->base = insn >> 5 & 31;
		a->writeback = access_sign(insn >> 15 & 127, 7) * (int64_t)a->size;
	}
	return true;
}

/*
 * Load/store of one register: size 31:30, V 26, 25:24, opc 23:22; imm9 20:12 and mode 11:10 where
 * 24 is 0.
 */
static bool decode_single(uint32_t insn, struct access *a)
{
	unsigned size = insn >> 30, opc = insn >> 22 & 3;

	if (insn & BIT(26) || (size == 3 && opc >= 2) || (size == 2 && opc == 3))
		return false; /* SIMD, prefetch, unallocated */
	*a = (struct access){
		.size = 1u << size,
		.count = 1,
		.reg = {insn & 31},
		.write = opc == 0,
		.sign_extend = opc >= 2,
		.wide = opc == 2 || size == 3,
		.base = ACCESS_NO_REG,
	};
	if (insn & BIT(24))
		return true; /* unsigned offset */
	if (insn & BIT(21))
		return (insn >> 10 & 3) == 2; /* register offset; the others are atomics */
	if (insn >> 10 & 1) {		      /* 1: post-index, 3: pre-index */
		a->base = insn >> 5 & 31;
		a->writeback = access_sign(insn >> 12 & 511, 9);
	}
	return true;
}

bool access_decode(uint32_t insn, struct access *a)
{
	if ((insn & 0x3a000000) == 0x28000000)
		return decode_pair(insn, a);
	if ((insn & 0x3a000000) == 0x38000000)
		return decode_single(insn, a);
	return false;
}
