/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ACCESS_H
#define ACCESS_H

/*
 * What a guest's load or store to a device does: from the syndrome if the hardware describes it,
 * otherwise decoded from the instruction. Logic only, tested on the host.
 */
#include "esr.h"
#include "vcpu.h"

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
static inline struct access access_from_syndrome(uint64_t esr)
{
	return (struct access){
		.size = ISS_SAS(esr),
		.count = 1,
		.reg = {ISS_SRT(esr)},
		.write = esr & ISS_WNR,
		.sign_extend = esr & ISS_SSE,
		.wide = esr & ISS_SF,
		.base = ACCESS_NO_REG,
	};
}

/*
 * From the instruction: loads and stores of one or two general registers, with any addressing.
 * False: any other instruction (SIMD, exclusive, atomic, cache maintenance ...), which devices do
 * not support.
 */
bool access_decode(uint32_t insn, struct access *a);

static inline int64_t access_sign(uint64_t value, unsigned bits)
{
	return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

static inline uint64_t access_swap(uint64_t value, unsigned size)
{
	switch (size) {
	case 2:
		return __builtin_bswap16((uint16_t)value);
	case 4:
		return __builtin_bswap32((uint32_t)value);
	case 8:
		return __builtin_bswap64(value);
	}
	return value;
}

static inline uint64_t access_truncate(uint64_t value, unsigned size)
{
	return value & (UINT64_MAX >> (64 - 8 * size));
}

/* The value that the guest stores with transfer i, as a device sees it (little-endian). */
static inline uint64_t access_get(const struct access *a, unsigned i, const struct gp_regs *r,
				  bool big_endian)
{
	uint64_t value = access_truncate(a->reg[i] == 31 ? 0 : r->x[a->reg[i]], a->size);

	return big_endian ? access_swap(value, a->size) : value;
}

/*
 * Give the guest the value that it loads with transfer i, as a device returns it (little-endian).
 */
static inline void access_set(const struct access *a, unsigned i, struct gp_regs *r,
			      bool big_endian, uint64_t value)
{
	value = access_truncate(value, a->size);
	if (big_endian)
		value = access_swap(value, a->size);
	if (a->sign_extend)
		value = (uint64_t)access_sign(value, 8 * a->size);
	if (!a->wide)
		value = access_truncate(value, 4);
	if (a->reg[i] != 31)
		r->x[a->reg[i]] = value;
}

#endif
