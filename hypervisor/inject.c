/* SPDX-License-Identifier: BSD-2-Clause */
#include "inject.h"
#include "arch.h"
#include "esr.h"
#include "sysregs.h"

/* PSTATE as SPSR holds it. */
#define PSTATE_MODE  0x1fu
#define PSTATE_EL1H  0x05u
#define PSTATE_DAIF  0x3c0u
#define PSTATE_SSBS  BIT(12)
#define PSTATE_PAN   BIT(22)
#define PSTATE_DIT   BIT(24)
#define PSTATE_FLAGS (UINT64_C(0xf) << 28)

#define SCTLR_DSSBS BIT(44)

/* Offset into the vector table, by where the exception comes from. */
static uint64_t vector(uint64_t pstate)
{
	if ((pstate & PSTATE_MODE) == PSTATE_EL1H)
		return 0x200;
	if ((pstate & PSTATE_MODE) == 0x04)
		return 0x000;			/* EL1 with SP_EL0 */
	return pstate & BIT(4) ? 0x600 : 0x400; /* AArch32 or AArch64 EL0 */
}

static void take_exception(struct vcpu *v, uint64_t esr)
{
	uint64_t old = v->regs.pstate, sctlr = read_sysreg(sctlr_el1);
	uint64_t pstate =
		(old & (PSTATE_FLAGS | PSTATE_PAN | PSTATE_DIT)) | PSTATE_DAIF | PSTATE_EL1H;

	if (FIELD(read_sysreg(id_aa64mmfr1_el1), 23, 20) && !(sctlr & SCTLR_SPAN))
		pstate |= PSTATE_PAN;
	if (sctlr & SCTLR_DSSBS)
		pstate |= PSTATE_SSBS;
	write_sysreg(esr_el1, esr);
	write_sysreg(elr_el1, v->regs.pc);
	write_sysreg(spsr_el1, old);
	v->regs.pc = read_sysreg(vbar_el1) + vector(old);
	v->regs.pstate = pstate;
}

void inject_undefined(struct vcpu *v)
{
	take_exception(v, (uint64_t)EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL);
}

void inject_external_abort(struct vcpu *v, uint64_t esr, uint64_t far)
{
	bool data = ESR_EC(esr) == EC_DABT_LOWER;
	bool same_el = (v->regs.pstate & PSTATE_MODE) == PSTATE_EL1H ||
		       (v->regs.pstate & PSTATE_MODE) == 0x04;
	unsigned ec = data ? EC_DABT_LOWER : EC_IABT_LOWER;
	uint64_t fsc = FSC_EXTERNAL;

	if (esr & ISS_S1PTW) /* both codes have the level of the walk's step in their low bits */
		fsc = FSC_EXTERNAL_WALK | (esr & 3);
	write_sysreg(far_el1, far);
	take_exception(v, (uint64_t)(same_el ? ec + 1 : ec) << ESR_EC_SHIFT | ESR_IL |
				  (data ? esr & (ISS_WNR | ISS_CM) : 0) | fsc);
}

/* PSTATE.IT, in two parts (DDI 0487, C5.2.18): the low two bits, and the others. */
#define PSTATE_IT ((UINT64_C(3) << 25) | (UINT64_C(0x3f) << 10))

/*
 * AArch32 EL0 only: the next instruction's condition in an IT block (DDI 0487, G1.2.2 ITAdvance).
 */
static uint64_t it_advance(uint64_t pstate)
{
	uint64_t it = FIELD(pstate, 15, 10) << 2 | FIELD(pstate, 26, 25);

	it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
	return (pstate & ~PSTATE_IT) | (it & 3) << 25 | it >> 2 << 10;
}

void skip_instruction(struct vcpu *v, uint64_t esr)
{
	if (!(v->regs.pstate & PSTATE_AARCH32)) {
		skip_aarch64(v);
		return;
	}
	v->regs.pc += esr & ESR_IL ? 4 : 2;
	v->regs.pstate &= ~PSTATE_SS;
	if (v->regs.pstate & PSTATE_IT)
		v->regs.pstate = it_advance(v->regs.pstate);
}
