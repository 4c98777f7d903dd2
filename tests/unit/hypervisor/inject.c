/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions injected into the guest (DDI 0487, D1.3.2 to D1.3.6), field by field. */
#include "inject.h"
#include "vcpu.h"
#include "tests/tap.h"

#define VBAR UINT64_C(0xffff800010080800)
#define PC   UINT64_C(0xffff800012345678)
#define FAR_ UINT64_C(0x0000aaaa5555f00d)

static struct vcpu v;

/* A guest with this PSTATE, SCTLR_EL1 and ID_AA64MMFR1_EL1.PAN. */
static void guest(uint64_t pstate, uint64_t sctlr, uint64_t pan)
{
	fake_reset();
	*fake_sysreg("vbar_el1") = VBAR;
	*fake_sysreg("far_el1") = 0x1111;
	*fake_sysreg("sctlr_el1") = sctlr;
	*fake_sysreg("id_aa64mmfr1_el1") = pan << 20;
	v.regs = (struct gp_regs){.pc = PC, .pstate = pstate};
	for (unsigned i = 0; i < 31; i++)
		v.regs.x[i] = i;
}

static void sources(void)
{
	static const struct {
		uint64_t pstate, vector;
		const char *name;
	} cases[] = {
		{0x005, 0x200, "EL1 with SP_EL1"},	 {0x004, 0x000, "EL1 with SP_EL0"},
		{0x000, 0x400, "EL0 in AArch64"},	 {0x010, 0x600, "EL0 in AArch32"},
		{0x030, 0x600, "EL0 in AArch32, Thumb"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		bool kept = true;

		guest(cases[i].pstate | 0x80000000, 0x30d50838, 0);
		inject_undefined(&v);
		tap_is_u64(v.regs.pc, VBAR + cases[i].vector,
			   "an exception from %s enters its vector", cases[i].name);
		tap_is_u64(*fake_sysreg("elr_el1"), PC,
			   "an UNDEFINED that is injected puts the PC into ELR_EL1");
		tap_is_u64(*fake_sysreg("spsr_el1"), cases[i].pstate | 0x80000000,
			   "an UNDEFINED that is injected puts the PSTATE into SPSR_EL1");
		tap_is_u64(*fake_sysreg("esr_el1"), 0x02000000,
			   "an UNDEFINED that is injected has the unknown reason in ESR_EL1");
		tap_is_u64(*fake_sysreg("far_el1"), 0x1111,
			   "an UNDEFINED that is injected leaves FAR_EL1");
		tap_is_u64(
			v.regs.pstate, 0x800003c5,
			"an UNDEFINED that is injected enters EL1 with SP_EL1, all masked, flags kept");
		for (unsigned n = 0; n < 31; n++)
			kept = kept && v.regs.x[n] == n;
		tap_ok(kept, "an UNDEFINED that is injected changes no general register");
	}
}

/* PSTATE on entry: what is kept, what is cleared, and what SCTLR_EL1 decides. */
static void entry_state(void)
{
	static const struct {
		uint64_t before, sctlr, pan, after;
		const char *what;
	} cases[] = {
		{0xf0000000, BIT(23), 1, 0xf00003c5, "NZCV are kept"},
		{0x01000000, BIT(23), 1, 0x010003c5, "DIT is kept"},
		{0x00400000, BIT(23), 1, 0x004003c5, "PAN is kept"},
		{0x00800000, BIT(23), 1, 0x000003c5, "UAO is cleared"},
		{0x00300000, BIT(23), 1, 0x000003c5, "SS and IL are cleared"},
		{0x00000c00, BIT(23), 1, 0x000003c5, "BTYPE is cleared"},
		{0x00001000, BIT(23), 1, 0x000003c5, "SSBS is cleared where SCTLR_EL1.DSSBS is 0"},
		{0x00000000, BIT(23) | BIT(44), 1, 0x000013c5,
		 "SSBS is set where SCTLR_EL1.DSSBS is 1"},
		{0x00000000, 0, 1, 0x004003c5, "PAN is set where SCTLR_EL1.SPAN is 0"},
		{0x00000000, 0, 3, 0x004003c5, "PAN is set in later versions of FEAT_PAN"},
		{0x00000000, 0, 0, 0x000003c5, "PAN is not set without FEAT_PAN"},
		{0x00000000, 0, 0x10, 0x000003c5,
		 "PAN is not set without FEAT_PAN, whatever the next field says"},
		{0x00000000, BIT(23), 1, 0x000003c5, "PAN is not set where SCTLR_EL1.SPAN is 1"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		guest(cases[i].before, cases[i].sctlr, cases[i].pan);
		inject_undefined(&v);
		tap_is_u64(v.regs.pstate, cases[i].after, "on exception entry %s", cases[i].what);
	}
}

static void aborts(void)
{
	/* ESR_EL2 as the hypervisor takes it, and ESR_EL1 as the guest sees it. */
	static const struct {
		uint64_t pstate, esr, want;
		const char *what;
	} cases[] = {
		{5, 0x93820007, 0x96000010,
		 "load at EL1: data abort, same level; no syndrome of the register"},
		{4, 0x93c08047, 0x96000050, "store at EL1 with SP_EL0: WnR"},
		{0, 0x92000007, 0x92000010, "load at EL0: lower level"},
		{0x10, 0x90010047, 0x92000050, "16-bit store at EL0: IL is 1 without a syndrome"},
		{5, 0x92000147, 0x96000150, "cache maintenance: CM and WnR"},
		{5, 0x92000086, 0x96000016, "walk of the guest's tables, level 2"},
		{5, 0x920000c7, 0x96000057, "the same for a store, level 3"},
		{5, 0x82000007, 0x86000010, "fetch at EL1: instruction abort, same level"},
		{0, 0x82000085, 0x82000015, "walk for a fetch at EL0, level 1"},
		{5, 0x82000047, 0x86000010, "a fetch has no WnR"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		guest(cases[i].pstate, 0, 0);
		inject_external_abort(&v, cases[i].esr, FAR_);
		tap_is_u64(*fake_sysreg("esr_el1"), cases[i].want,
			   "ESR_EL1 of an injected external abort: %s", cases[i].what);
		tap_ok(*fake_sysreg("far_el1") == FAR_ && *fake_sysreg("elr_el1") == PC &&
			       *fake_sysreg("spsr_el1") == cases[i].pstate,
		       "an injected external abort sets FAR_EL1, ELR_EL1 and SPSR_EL1");
		tap_is_u64(v.regs.pc - VBAR,
			   cases[i].pstate == 5	  ? 0x200
			   : cases[i].pstate == 4 ? 0
			   : cases[i].pstate	  ? 0x600
						  : 0x400,
			   "an injected external abort enters its vector");
	}
}

int main(void)
{
	sources();
	entry_state();
	aborts();
	return tap_done();
}
