/* SPDX-License-Identifier: BSD-2-Clause */
/* System registers that trap: the encodings of existing ones work; all others are UNDEFINED. */
#include "sysreg.h"
#include "debug.h"
#include "esr.h"
#include "vcpu.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#include <stdio.h>
#include <string.h>

#define PC UINT64_C(0x40201000)

static struct vcpu v;
static unsigned sgis, sgi_group, dirs;
static uint64_t sgi_value, dir_intid;

void vgic_sgi(struct vcpu *from, unsigned group, uint64_t sgir)
{
	sgis += from == &v;
	sgi_group = group;
	sgi_value = sgir;
}

void vgic_dir(struct vcpu *of, uint32_t intid)
{
	dirs += of == &v;
	dir_intid = intid;
}

/* ESR_EL2 of a trapped MSR or MRS (DDI 0487, D19.2.37, EC 0x18). */
static uint64_t esr(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2,
		    unsigned rt, bool read)
{
	return 0x62000000 | op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 |
	       read;
}

/* The outcome of one access with x5: done (the PC moved on), or UNDEFINED (at the vector). */
enum outcome { DONE, UNDEFINED, NEITHER };

static enum outcome access(uint64_t with)
{
	v.regs.pc = PC;
	v.regs.pstate = 5;
	*fake_sysreg("vbar_el1") = 0x800;
	*fake_sysreg("esr_el1") = 0;
	sysreg_trap(&v, with);
	if (v.regs.pc == PC + 4)
		return DONE;
	return v.regs.pc == 0xa00 && *fake_sysreg("elr_el1") == PC &&
			       *fake_sysreg("esr_el1") == 0x02000000
		       ? UNDEFINED
		       : NEITHER;
}

static bool undefined(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2,
		      bool read)
{
	v.regs.x[5] = 0x5555;
	return access(esr(op0, op1, crn, crm, op2, 5, read)) == UNDEFINED && v.regs.x[5] == 0x5555;
}

/* Read into x5; 0xbad if the read is not done. */
static uint64_t rd(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2)
{
	v.regs.x[5] = 0xdead;
	return access(esr(op0, op1, crn, crm, op2, 5, true)) == DONE ? v.regs.x[5] : 0xbad;
}

static bool wr(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2, uint64_t value)
{
	v.regs.x[5] = value;
	return access(esr(op0, op1, crn, crm, op2, 5, false)) == DONE && v.regs.x[5] == value;
}

static void id_registers(void)
{
	unsigned bad = 0, writes = 0;

	for (unsigned crm = 1; crm < 8; crm++)
		for (unsigned op2 = 0; op2 < 8; op2++) {
			uint64_t value = 0x1111111111111111 * (1 + (crm + op2) % 7);
			char name[16];

			snprintf(name, sizeof(name), "s3_0_c0_c%u_%u", crm, op2);
			*fake_sysreg(name) = value;
			bad += rd(3, 0, 0, crm, op2) != idreg_visible(crm, op2, value);
			writes += !undefined(3, 0, 0, crm, op2, false);
		}
	tap_is_u64(bad, 0, "56 ID registers read as idreg_visible() of the hardware's value");
	tap_is_u64(writes, 0, "a write to an ID register is UNDEFINED");
	*fake_sysreg("s3_0_c0_c6_0") = 0x0021100010211120;
	tap_is_u64(rd(3, 0, 0, 6, 0), 0x0021100010211120,
		   "ID_AA64ISAR0_EL1 reads the hardware's value");
	tap_ok(undefined(3, 0, 0, 0, 0, true) && undefined(3, 0, 0, 8, 0, true),
	       "reads of CRm 0 and 8 are UNDEFINED, as they are not trapped ID registers");
	v.regs.x[30] = 77;
	tap_ok(access(esr(3, 0, 0, 6, 0, 31, true)) == DONE && v.regs.x[30] == 77 &&
		       v.regs.pc == PC + 4,
	       "a read into XZR changes no register and is done");
	tap_ok(access(esr(3, 0, 0, 6, 0, 30, true)) == DONE && v.regs.x[30] == 0x0021100010211120,
	       "a read into x30 sets x30");
}

static void gic_registers(void)
{
	const uint64_t sgir = 0x0012345678abcdef;

	sgis = dirs = 0;
	tap_ok(wr(3, 0, 12, 11, 5, sgir) && sgis == 1 && sgi_group == 1 && sgi_value == sgir,
	       "a write to ICC_SGI1R_EL1 sends an SGI of group 1");
	tap_ok(wr(3, 0, 12, 11, 6, sgir) && sgis == 2 && sgi_group == 0,
	       "a write to ICC_ASGI1R_EL1 sends an SGI of group 0");
	tap_ok(wr(3, 0, 12, 11, 7, sgir) && sgis == 3 && sgi_group == 0,
	       "a write to ICC_SGI0R_EL1 sends an SGI of group 0");
	tap_ok(access(esr(3, 0, 12, 11, 5, 31, false)) == DONE && sgis == 4 && sgi_value == 0,
	       "XZR written to ICC_SGI1R_EL1 is 0");
	tap_ok(wr(3, 0, 12, 11, 1, 0xff00001b) && dirs == 1 && dir_intid == 0x1b,
	       "ICC_DIR_EL1 takes an INTID of 24 bits");
	tap_ok(undefined(3, 0, 12, 11, 5, true) && undefined(3, 0, 12, 11, 6, true) &&
		       undefined(3, 0, 12, 11, 7, true) && undefined(3, 0, 12, 11, 1, true),
	       "registers that generate and deactivate interrupts cannot be read");
	tap_ok(sgis == 4 && dirs == 1, "reads that are undefined generate and deactivate nothing");
	tap_ok(wr(3, 0, 1, 0, 1, 0xffff) && rd(3, 0, 1, 0, 1) == 0,
	       "ACTLR_EL1 reads 0 and ignores writes");
}

/* Registers that the ID registers hide, and registers that are IMPLEMENTATION DEFINED. */
static void nothing_there(void)
{
	static const struct {
		uint8_t r[5];
		const char *name;
	} cases[] = {
		{{3, 3, 9, 12, 0}, "PMCR_EL0"},	      {{3, 3, 9, 13, 0}, "PMCCNTR_EL0"},
		{{3, 3, 14, 15, 7}, "PMCCFILTR_EL0"}, {{3, 0, 9, 14, 1}, "PMINTENSET_EL1"},
		{{3, 0, 9, 9, 0}, "PMSCR_EL1"},	      {{3, 0, 9, 11, 0}, "TRBLIMITR_EL1"},
		{{3, 0, 1, 2, 1}, "TRFCR_EL1"},	      {{3, 0, 10, 4, 3}, "LORC_EL1"},
		{{3, 0, 10, 4, 7}, "LORID_EL1"},      {{3, 0, 5, 3, 0}, "ERRIDR_EL1"},
		{{3, 0, 5, 3, 1}, "ERRSELR_EL1"},     {{3, 0, 1, 2, 0}, "ZCR_EL1"},
		{{3, 0, 1, 2, 6}, "SMCR_EL1"},	      {{3, 0, 1, 0, 5}, "RGSR_EL1"},
		{{3, 0, 2, 1, 0}, "APIAKEYLO_EL1"},   {{3, 3, 13, 2, 0}, "AMCR_EL0"},
		{{3, 3, 13, 0, 7}, "SCXTNUM_EL0"},    {{3, 0, 15, 0, 0}, "S3_0_C15_C0_0"},
		{{3, 1, 15, 2, 1}, "S3_1_C15_C2_1"},  {{3, 0, 11, 3, 7}, "S3_0_C11_C3_7"},
		{{3, 4, 1, 1, 0}, "HCR_EL2"},	      {{2, 1, 0, 0, 1}, "TRCTRACEIDR"},
		{{2, 0, 0, 5, 3}, "DBG with op2 3"},  {{2, 1, 0, 0, 4}, "DBGBVR with op1 1"},
		{{1, 0, 7, 14, 2}, "DC CISW"},	      {{1, 0, 7, 8, 0}, "AT S1E1R"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		const uint8_t *r = cases[i].r;

		tap_ok(undefined(r[0], r[1], r[2], r[3], r[4], true) &&
			       undefined(r[0], r[1], r[2], r[3], r[4], false),
		       "accesses to %s are UNDEFINED", cases[i].name);
	}
}

/* Every encoding: a read is done or UNDEFINED, and only known registers can be read. */
static void every_encoding(void)
{
	unsigned neither = 0, done[4] = {0};

	for (unsigned i = 0; i < 4 * 8 * 16 * 16 * 8; i++) {
		unsigned op0 = i & 3;
		enum outcome o = access(
			esr(op0, i >> 2 & 7, i >> 5 & 15, i >> 9 & 15, i >> 13 & 7, 5, true));

		neither += o == NEITHER;
		done[op0] += o == DONE;
	}
	tap_is_u64(neither, 0, "each of 65536 reads is done or UNDEFINED");
	tap_is_u64(done[0] + done[1], 0, "no encoding of op0 0 or 1 can be read");
	tap_is_u64(done[3], 56 + 1,
		   "op0 3 has 57 readable registers: the ID registers and ACTLR_EL1");
	tap_is_u64(
		done[2], 2 * 6 + 2 * 4 + 15,
		"op0 2 has the readable registers of 6 breakpoints and 4 watchpoints, and 15 more");
}

/* A PE with six breakpoints and four watchpoints. */
static void pe(void)
{
	memset(&v, 0, sizeof(v));
	fake_reset();
	*fake_sysreg("id_aa64dfr0_el1") = 0x01315106; /* with other fields beside them */
	debug_reset(&v.debug);
	debug_load(&v.debug);
}

static uint64_t hw(const char *name)
{
	return *fake_sysreg(name);
}

static void debug_in_memory(void)
{
	unsigned bad = 0;

	pe();
	for (unsigned n = 0; n < 16; n++)
		for (unsigned op2 = 4; op2 < 8; op2++) {
			bool there = n < (op2 < 6 ? 6 : 4);

			bad += wr(2, 0, 0, n, op2, n * 8 + op2) != there;
		}
	for (unsigned n = 0; n < 16; n++)
		for (unsigned op2 = 4; op2 < 8; op2++) {
			bool there = n < (op2 < 6 ? 6 : 4);

			bad += rd(2, 0, 0, n, op2) != (there ? n * 8 + op2 : 0xbad);
		}
	tap_is_u64(
		bad, 0,
		"each existing breakpoint and watchpoint has registers of its own, and others are UNDEFINED");
	tap_is_u64(hw("dbgbvr0_el1") | hw("dbgbcr5_el1") | hw("dbgwcr3_el1"), 0,
		   "breakpoints and watchpoints are in memory only");
	tap_is_u64(rd(2, 0, 1, 1, 4), 0xa, "OSLSR_EL1 reads as locked after a reset");
	tap_ok(undefined(2, 0, 1, 1, 4, false) && undefined(2, 0, 1, 0, 4, true),
	       "OSLSR_EL1 cannot be written, and OSLAR_EL1 cannot be read");
	tap_ok(wr(2, 0, 0, 2, 2, BIT(15)) && rd(2, 0, 0, 2, 2) == BIT(15),
	       "MDSCR_EL1.MDE can be set while locked");
	tap_ok(hw("mdscr_el1") == 0, "MDSCR_EL1.MDE that is set while locked does nothing yet");
	*fake_sysreg("dbgbvr6_el1") = *fake_sysreg("dbgwvr4_el1") = 0x77;
	tap_ok(wr(2, 0, 1, 0, 4, 0) && rd(2, 0, 1, 1, 4) == 8, "a write of 0 to OSLAR_EL1 unlocks");
	tap_ok(hw("mdscr_el1") == BIT(15),
	       "MDSCR_EL1.MDE that was set while locked is on once unlocked");
	tap_ok(hw("dbgbvr0_el1") == 4 && hw("dbgbvr5_el1") == 44 && hw("dbgbcr5_el1") == 45 &&
		       hw("dbgwvr3_el1") == 30 && hw("dbgwcr3_el1") == 31,
	       "breakpoints and watchpoints are in the hardware once unlocked");
	tap_ok(hw("dbgbvr6_el1") == 0x77 && hw("dbgwvr4_el1") == 0x77,
	       "breakpoints and watchpoints that the PE does not have are not touched");
}

/* A PE with the most breakpoints and watchpoints that are possible. */
static void debug_all(void)
{
	static const char *const kinds[] = {"bvr", "bcr", "wvr", "wcr"};
	unsigned bad = 0;
	char name[16];

	pe();
	*fake_sysreg("id_aa64dfr0_el1") = 0xf0f006;
	wr(2, 0, 1, 0, 4, 0);
	for (unsigned i = 0; i < 64; i++)
		bad += !wr(2, 0, 0, i / 4, 4 + i % 4, 1000 + i);
	wr(2, 0, 0, 2, 2, BIT(15));
	for (unsigned i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "dbg%s%u_el1", kinds[i % 4], i / 4);
		bad += hw(name) != 1000 + i;
	}
	tap_is_u64(bad, 0,
		   "each of 16 breakpoints and 16 watchpoints is in its own hardware register");
}

/* Registers for an external debugger: they read 0 and ignore writes. */
static void no_debugger(void)
{
	static const struct {
		uint8_t op1, crn, crm, op2;
		const char *name;
	} cases[] = {
		{0, 1, 3, 4, "OSDLR_EL1"},	 {0, 1, 4, 4, "DBGPRCR_EL1"},
		{0, 0, 2, 0, "MDCCINT_EL1"},	 {0, 0, 0, 2, "OSDTRRX_EL1"},
		{0, 0, 3, 2, "OSDTRTX_EL1"},	 {0, 0, 6, 2, "OSECCR_EL1"},
		{0, 7, 8, 6, "DBGCLAIMSET_EL1"}, {0, 7, 9, 6, "DBGCLAIMCLR_EL1"},
		{0, 1, 0, 0, "MDRAR_EL1"},	 {0, 7, 14, 6, "DBGAUTHSTATUS_EL1"},
		{3, 0, 1, 0, "MDCCSR_EL0"},	 {3, 0, 4, 0, "DBGDTR_EL0"},
		{3, 0, 5, 0, "DBGDTRRX_EL0"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		/* A write to one that is read-only may be UNDEFINED. */
		wr(2, cases[i].op1, cases[i].crn, cases[i].crm, cases[i].op2, UINT64_MAX);
		tap_is_u64(rd(2, cases[i].op1, cases[i].crn, cases[i].crm, cases[i].op2), 0,
			   "%s reads 0 after a write", cases[i].name);
	}
}

static void debug_switched(void)
{
	struct vcpu first;

	tap_ok(wr(2, 0, 0, 1, 4, 0x1234) && hw("dbgbvr1_el1") == 0x1234,
	       "a breakpoint that is set while debugging is on is in the hardware at once");
	tap_ok(wr(2, 0, 0, 2, 2, BIT(13)) && hw("mdscr_el1") == BIT(13),
	       "MDSCR_EL1 that is set while debugging is on is in the hardware at once");
	first = v;
	debug_reset(&v.debug);
	debug_load(&v.debug);
	tap_ok(hw("mdscr_el1") == 0 && rd(2, 0, 0, 1, 4) == 0,
	       "another vCPU sees nothing of the first's breakpoints");
	wr(2, 0, 1, 0, 4, 0);
	wr(2, 0, 0, 1, 4, 0x77);
	tap_ok(hw("mdscr_el1") == 0 && hw("dbgbvr1_el1") == 0x1234,
	       "another vCPU's breakpoints, which are off, are in memory");
	tap_ok(wr(2, 0, 0, 2, 2, BIT(15)) && hw("dbgbvr1_el1") == 0x77 && hw("dbgwcr3_el1") == 0,
	       "a vCPU that turns debugging on has its own breakpoints in the hardware, and none of the first's");
	v = first;
	debug_load(&v.debug);
	tap_ok(hw("dbgbvr1_el1") == 0x1234 && hw("mdscr_el1") == BIT(13) && hw("dbgwcr3_el1") == 31,
	       "the first vCPU's debugging is on again when it is loaded");
	tap_ok(wr(2, 0, 0, 2, 2, BIT(15)) && wr(2, 0, 1, 0, 4, 1) && hw("mdscr_el1") == 0 &&
		       rd(2, 0, 1, 1, 4) == 0xa,
	       "the OS lock turns debugging off");
	tap_ok(rd(2, 0, 0, 2, 2) == BIT(15) && rd(2, 0, 0, 1, 4) == 0x1234,
	       "registers that the lock has turned off keep their values");
}

int main(void)
{
	pe();
	id_registers();
	gic_registers();
	nothing_there();
	every_encoding();
	debug_in_memory();
	debug_switched();
	debug_all();
	no_debugger();
	return tap_done();
}
