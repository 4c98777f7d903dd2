/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's synchronous exceptions to EL2, by class. */
#include "trap.h"
#include "arch.h"
#include "cpu.h"
#include "esr.h"
#include "inject.h"
#include "mmio.h"
#include "smccc.h"
#include "sysreg.h"
#include "vm.h"
#include "dev/vtimer.h"

/*
 * WFI: the vCPU blocks of its own accord, unless an interrupt is pending already. The PC moves
 * first, so that the vCPU continues behind the WFI however it wakes up.
 */
static __attribute__((noinline)) void trap_wfi(struct vcpu *v, uint64_t esr)
{
	if (esr & WFX_TIMEOUT) {
		inject_undefined(v);
		return;
	}
	skip_instruction(v, esr);
	vm_wait_for_interrupt(v);
}

/*
 * The IPA of a stage 2 fault. HPFAR_EL2 holds it for a translation fault, but need not for a
 * permission fault (DDI 0487, D19.2.69); then it comes from the guest's stage 1 tables. False:
 * these tables have changed meanwhile.
 */
static bool fault_ipa(uint64_t esr, uint64_t far, ipaddr_t *ipa)
{
	uint64_t par;

	if ((ISS_FSC(esr) & FSC_TYPE) != FSC_PERMISSION || (esr & ISS_S1PTW)) {
		ipa->ipa = FIELD(read_sysreg(hpfar_el2), 43, 4) << 12 | (far & 0xfff);
		return true;
	}
	par = guest_translate(far);
	ipa->ipa = (par & UINT64_C(0x000ffffffffff000)) | (far & 0xfff);
	return !(par & 1);
}

static __attribute__((noinline)) void trap_abort(struct vcpu *v, uint64_t esr)
{
	uint64_t far = read_sysreg(far_el2);
	ipaddr_t ipa;

	if ((ISS_FSC(esr) & FSC_TYPE) >= FSC_EXTERNAL) /* the board's, not stage 2's */
		inject_external_abort(v, esr, far);
	else if (!fault_ipa(esr, far, &ipa))
		return; /* the guest repeats the access */
	else if (ESR_EC(esr) == EC_DABT_LOWER)
		mmio_abort(v, esr, far, ipa);
	else
		mmio_refuse(v, esr, far, ipa);
}

/* An SMC traps before it is executed, an HVC after. */
static void trap_smc(struct vcpu *v, uint64_t esr)
{
	skip_aarch64(v);
	smccc_call(v, ESR_IMM16(esr));
}

static void trap_other(struct vcpu *v, uint64_t esr)
{
	switch (ESR_EC(esr)) {
	case EC_HVC64:
		smccc_call(v, ESR_IMM16(esr));
		break;
	case EC_SMC64:
		trap_smc(v, esr);
		break;
	case EC_DABT_LOWER:
	case EC_IABT_LOWER:
		trap_abort(v, esr);
		break;
	default:
		inject_undefined(v);
	}
}

void trap(struct vcpu *v)
{
	uint64_t esr = read_sysreg(esr_el2);

	/*
	 * System registers (SGIs) and WFI come first: they are the most common traps that the
	 * vector does not answer itself (fastcall.S).
	 */
	if (ESR_EC(esr) == EC_SYSREG)
		sysreg_trap(v, esr);
	else if (ESR_EC(esr) == EC_WFX)
		trap_wfi(v, esr);
	else
		trap_other(v, esr);
}
