/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ACCESS_H
#define ACCESS_H

/*
 * What a guest's load or store does, when it ends at a device: from the syndrome where the hardware
 * describes it, else decoded from the instruction. Logic only, host-tested.
 */
#include "types.h"

struct gp_regs;

#define ACCESS_NO_REG 32u

struct access {
	unsigned size;	 /* of each of its transfers: 1, 2, 4 or 8 bytes */
	unsigned count;	 /* transfers, at successive addresses: 2 for a pair */
	unsigned reg[2]; /* 0 to 31, 31 is XZR */
	bool write;
	bool sign_extend;
	bool wide;	   /* to 64 bits */
	unsigned base;	   /* the register that writeback changes, 31 is SP; ACCESS_NO_REG: none */
	int64_t writeback; /* what is added to it */
};

/* From a valid data abort syndrome (ISV = 1). */
struct access access_from_syndrome(uint64_t esr);
/*
 * From the instruction: loads and stores of one or two general registers, with any addressing. False: it is none of
 * these (SIMD, exclusive, atomic, cache maintenance ...), and a device does not take it.
 */
bool access_decode(uint32_t insn, struct access *a);
/* What the guest stores with transfer i, as a device sees it (little-endian). */
uint64_t access_get(const struct access *a, unsigned i, const struct gp_regs *r, bool big_endian);
/* What it has loaded. */
void access_set(const struct access *a, unsigned i, struct gp_regs *r, bool big_endian,
		uint64_t value);

#endif
