/* SPDX-License-Identifier: BSD-2-Clause */
/* Decoding of the guest's loads and stores, compared with the text that an assembler encoded. */
#include "access.h"
#include "vcpu.h"
#include "tests/unit/hypervisor/access_table.h"
#include "tests/tap.h"

#include <string.h>

/* The register values that all tests begin with. */
static struct gp_regs fresh(void)
{
	struct gp_regs r = {.pc = 0x5555, .pstate = 0x6666};

	for (unsigned i = 0; i < 31; i++)
		r.x[i] = 0x1122334455667700 + i * UINT64_C(0x0101010101010101);
	return r;
}

static void check_taken(unsigned i)
{
	struct access a;
	bool ok = access_decode(taken[i].insn, &a);

	ok = ok && a.size == taken[i].size && a.count == taken[i].count &&
	     a.write == (taken[i].kind == STORE) && a.sign_extend == (taken[i].kind == SIGNED) &&
	     a.wide == (taken[i].width == X) && a.base == taken[i].base &&
	     a.writeback == taken[i].writeback;
	for (unsigned n = 0; n < taken[i].count; n++)
		ok = ok && a.reg[n] == taken[i].reg[n];
	tap_ok(ok, "access_decode() decodes %s", taken[i].text);
}

/* Every register and every offset, by replacing the fields of one encoding of each kind. */
static void sweep(uint32_t insn, bool pair, unsigned scale, const char *what)
{
	unsigned bits = pair ? 7 : 9, shift = pair ? 15 : 12, bad = 0;
	struct access a;

	for (uint32_t n = 0; n < 32; n++) {
		bad += !access_decode((insn & ~0x1fu) | n, &a) || a.reg[0] != n;
		bad += !access_decode((insn & ~0x3e0u) | n << 5, &a) || a.base != n;
		if (pair)
			bad += !access_decode((insn & ~0x7c00u) | n << 10, &a) || a.reg[1] != n;
	}
	for (uint32_t n = 0; n < 1u << bits; n++) {
		uint32_t mask = ((1u << bits) - 1) << shift;
		int64_t distance = n < 1u << (bits - 1) ? (int64_t)n : (int64_t)n - (1 << bits);

		bad += !access_decode((insn & ~mask) | n << shift, &a) ||
		       a.writeback != distance * scale;
	}
	tap_is_u64(bad, 0, "access_decode() decodes %s with every register and every offset", what);
}

static void decoding(void)
{
	struct access a;

	for (unsigned i = 0; i < ARRAY_SIZE(taken); i++)
		check_taken(i);
	for (unsigned i = 0; i < ARRAY_SIZE(refused); i++)
		tap_ok(!access_decode(refused[i].insn, &a), "access_decode() refuses %s",
		       refused[i].text);
	tap_ok(!access_decode(0, &a) && !access_decode(UINT32_MAX, &a),
	       "access_decode() refuses 0 and all ones");
	sweep(0x38001c20, false, 1, "strb w0, [x1, #1]!");
	sweep(0xf8408420, false, 1, "ldr x0, [x1], #8");
	sweep(0x29c10440, true, 4, "ldp w0, w1, [x2, #8]!");
	sweep(0xa8810440, true, 8, "stp x0, x1, [x2], #16");
	sweep(0x68c10440, true, 4, "ldpsw x0, x1, [x2], #8");
}

/* ESR_EL2 of a data abort: ISV, SAS, SSE, SRT, SF, WnR (DDI 0487, D19.2.37). */
static uint64_t syndrome(unsigned sas, bool sse, unsigned srt, bool sf, bool wnr)
{
	return UINT64_C(0x24) << 26 | 1u << 25 | 1u << 24 | sas << 22 | (uint32_t)sse << 21 |
	       srt << 16 | (uint32_t)sf << 15 | (uint32_t)wnr << 6 | 7;
}

static void from_syndrome(void)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < 4 * 32 * 8; i++) {
		unsigned sas = i & 3, srt = i >> 2 & 31;
		bool sse = i & 128, sf = i & 256, wnr = i & 512;
		struct access a = access_from_syndrome(syndrome(sas, sse, srt, sf, wnr));

		bad += a.size != 1u << sas || a.count != 1 || a.reg[0] != srt || a.write != wnr ||
		       a.sign_extend != sse || a.wide != sf || a.base != ACCESS_NO_REG;
	}
	tap_is_u64(bad, 0,
		   "access_from_syndrome() decodes every size, register, direction and extension");
}

static void loads(void)
{
	static const struct {
		unsigned size;
		bool sign, wide, big;
		uint64_t device, want;
	} cases[] = {
		{1, false, false, false, 0xf1f2f3f4f5f6f789, 0x89},
		{1, true, false, false, 0x89, 0xffffff89},
		{1, true, true, false, 0x89, 0xffffffffffffff89},
		{1, true, true, false, 0x79, 0x79},
		{1, true, true, true, 0x89, 0xffffffffffffff89},
		{2, false, false, false, 0xffff89ab, 0x89ab},
		{2, false, false, true, 0xffff89ab, 0xab89},
		{2, true, false, false, 0x89ab, 0xffff89ab},
		{2, true, true, true, 0x12f0, 0xfffffffffffff012},
		{2, true, true, true, 0xf012, 0x12f0},
		{4, false, false, false, 0xfffffffe89abcdef, 0x89abcdef},
		{4, false, false, true, 0xfffffffe89abcdef, 0xefcdab89},
		{4, true, true, false, 0x89abcdef, 0xffffffff89abcdef},
		{4, true, true, true, 0x01020380, 0xffffffff80030201},
		{8, false, true, false, 0x0123456789abcdef, 0x0123456789abcdef},
		{8, false, true, true, 0x0123456789abcdef, 0xefcdab8967452301},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		struct access a = {.size = cases[i].size,
				   .count = 2,
				   .reg = {3, 30},
				   .sign_extend = cases[i].sign,
				   .wide = cases[i].wide};
		struct gp_regs r = fresh(), want = r;

		want.x[30] = cases[i].want;
		access_set(&a, 1, &r, cases[i].big, cases[i].device);
		tap_ok(!memcmp(&r, &want, sizeof(r)),
		       "load %u, %u bytes%s%s%s: the register gets the value, and no other changes",
		       i, cases[i].size, cases[i].sign ? ", signed" : "",
		       cases[i].wide ? ", to X" : "", cases[i].big ? ", big-endian" : "");
		a.reg[0] = 31;
		r = want = fresh();
		access_set(&a, 0, &r, cases[i].big, cases[i].device);
		tap_ok(!memcmp(&r, &want, sizeof(r)), "load %u, to XZR, changes no register", i);
	}
}

static void stores(void)
{
	static const struct {
		unsigned size;
		uint64_t little, big;
	} cases[] = {
		{1, 0x08, 0x08},
		{2, 0x0708, 0x0807},
		{4, 0x05060708, 0x08070605},
		{8, 0x0102030405060708, 0x0807060504030201},
	};
	struct gp_regs r = fresh();

	r.x[9] = 0x0102030405060708;
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		struct access a = {
			.size = cases[i].size, .count = 2, .reg = {31, 9}, .write = true};

		tap_is_u64(access_get(&a, 1, &r, false), cases[i].little,
			   "a store of %u bytes takes them from its register", a.size);
		tap_is_u64(access_get(&a, 1, &r, true), cases[i].big,
			   "a big-endian store swaps the bytes");
		tap_is_u64(access_get(&a, 0, &r, true), 0, "a store of XZR stores 0");
	}
}

int main(void)
{
	decoding();
	from_syndrome();
	loads();
	stores();
	return tap_done();
}
