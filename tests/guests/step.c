/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A debugger in the guest steps over single instructions (DDI 0487, D2.12), also over those that a
 * hypervisor emulates. Each step must end right after its instruction, not one later, and with
 * PSTATE.BTYPE clear, although an indirect branch to the instruction has set it. (After an HVC,
 * BTYPE depends on the PE.) A breakpoint that is set while breakpoints are enabled must stop the
 * guest. Even then, the guest must not reach the registers of the external debugger, which all
 * guests would share.
 */
#include <pvtime/abi.h>
#include <pvtime/smccc.h>
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/start.h"
#include "guest/sysreg.h"

#define ESR_EC_STEP  0x33u /* software step, from EL1 */
#define ESR_EC_BREAK 0x31u /* breakpoint, from EL1 */
#define SPSR_BTYPE   0xc00u

void step_vectors(void);
struct stepped {
	uint64_t x0, esr, elr, spsr;
};
void step_over(const uint32_t *insn, uint64_t x0, uint64_t x1, struct stepped *after);

/*
 * step_over() executes `insn` with x0 and x1: an exception return to it sets PSTATE.SS and BTYPE,
 * and the exception after the step returns to the caller.
 */
__asm__(".pushsection .text\n"
	".balign 0x800\n"
	".global step_vectors, step_over\n"
	"step_vectors:\n"
	"	.skip	0x200\n"
	"	b	stepped\n"
	"	.balign 0x800\n"
	"step_over:\n"
	"	stp	x29, x30, [sp, #-32]!\n"
	"	str	x3, [sp, #16]\n"
	"	mrs	x29, vbar_el1\n"
	"	adrp	x4, step_vectors\n"
	"	add	x4, x4, :lo12:step_vectors\n"
	"	msr	vbar_el1, x4\n"
	"	msr	elr_el1, x0\n"
	"	movz	x4, #0x20, lsl #16\n"
	"	movk	x4, #0x5c5\n"
	"	msr	spsr_el1, x4\n"
	"	mov	x4, #0x2001\n"
	"	msr	mdscr_el1, x4\n"
	"	isb\n"
	"	mov	x0, x1\n"
	"	mov	x1, x2\n"
	"	eret\n"
	"stepped:\n"
	"	msr	mdscr_el1, xzr\n"
	"	msr	vbar_el1, x29\n"
	"	isb\n"
	"	ldr	x3, [sp, #16]\n"
	"	mrs	x4, esr_el1\n"
	"	stp	x0, x4, [x3]\n"
	"	mrs	x4, elr_el1\n"
	"	mrs	x5, spsr_el1\n"
	"	stp	x4, x5, [x3, #16]\n"
	"	ldp	x29, x30, [sp], #32\n"
	"	ret\n"
	".popsection\n");

/* An array of instructions whose first is `instruction`. */
#define CODE(name, instruction)                                                     \
	extern const uint32_t name[];                                               \
	__asm__(".pushsection .text\n.global " #name "\n" #name ":\n\t" instruction \
		"\n\tnop\n\tnop\n\tnop\n\tudf #0\n.popsection\n")

CODE(code_nop, "nop");
CODE(code_id, "mrs x0, id_aa64pfr0_el1");
CODE(code_load, "ldr w0, [x0]");
CODE(code_index, "ldr w1, [x0], #4");
CODE(code_pair, "ldp w0, w1, [x0]");
CODE(code_actlr, "mrs x0, actlr_el1");
CODE(code_sgi, "msr S3_0_c12_c11_5, x0");
CODE(code_hvc, "hvc #0");
CODE(code_smc, "smc #0");

static uint64_t steps(const uint32_t *insn, uint64_t x0, uint64_t x1, const char *what)
{
	struct stepped after = {0};

	step_over(insn, x0, x1, &after);
	tap_ok(ESR_EC(after.esr) == ESR_EC_STEP && after.elr == (uint64_t)(uintptr_t)(insn + 1) &&
		       (insn == code_hvc || !(after.spsr & SPSR_BTYPE)),
	       "a step over %s ends right after it (ESR 0x%lx, %ld bytes on, SPSR 0x%lx)", what,
	       after.esr, (long)(after.elr - (uint64_t)(uintptr_t)insn), after.spsr);
	return after.x0;
}

/* Calls that the hypervisor's vectors answer, and one that they do not. */
static void calls(const uint32_t *insn, const char *conduit)
{
	tap_is_u64(steps(insn, PVTIME_PSCI_FID_VERSION, 0, conduit), 0x10001,
		   "a stepped PSCI_VERSION by %s returns 1.1", conduit);
	tap_is_u64(steps(insn, PVTIME_SMCCC_FID_VERSION, 0, conduit), PVTIME_SMCCC_VERSION_1_3,
		   "a stepped SMCCC_VERSION by %s returns 1.3", conduit);
	tap_is_u64(steps(insn, PVTIME_FID_FEATURES, PVTIME_FID_ST, conduit), 0,
		   "a stepped PV_TIME_FEATURES(PV_TIME_ST) by %s returns SUCCESS", conduit);
	tap_is_u64(steps(insn, PVTIME_FID_ST, 0, conduit), board.stolen_time.base,
		   "a stepped PV_TIME_ST by %s returns the structure's address", conduit);
}

static void breakpoint(void)
{
	uint64_t at;
	struct fault f;

	sysreg_write("mdscr_el1", 1u << 15 | 1u << 13);
	sysreg_write("dbgbcr0_el1", 0xf << 5 | 3 << 1 | 1);
	fault_expect();
	__asm__ volatile("	adr	%0, 1f\n"
			 "	msr	dbgbvr0_el1, %0\n"
			 "	isb\n"
			 "	msr	daifclr, #8\n"
			 "1:	nop\n"
			 "	msr	daifset, #8\n"
			 : "=&r"(at)
			 :
			 : "memory");
	f = fault_end();
	tap_ok(f.taken && ESR_EC(f.esr) == ESR_EC_BREAK, "a breakpoint stops the guest (ESR 0x%lx)",
	       f.esr);
	tap_is_u64(sysreg_read("dbgbvr0_el1"), at,
		   "DBGBVR0_EL1 keeps the address that was written");
	sysreg_write("dbgbcr0_el1", 0);
}

/*
 * Write a register and read it back: it must be 0. Some QEMUs lack it, and it is UNDEFINED there.
 */
#define STAYS_ZERO(reg, value, what)                          \
	do {                                                  \
		uint64_t got = 0;                             \
                                                              \
		fault_expect();                               \
		sysreg_write(reg, value);                     \
		__asm__ volatile("mrs %0, " reg : "+r"(got)); \
		fault_end();                                  \
		tap_is_u64(got, 0, what);                     \
	} while (0)

/* To be called with breakpoints enabled. */
static void no_debugger(void)
{
	fault_expect();
	sysreg_write("dbgclaimset_el1", 5);
	fault_end();
	STAYS_ZERO("dbgclaimclr_el1", 0, "the guest cannot set a claim tag");
	sysreg_write("oslar_el1", 1);
	STAYS_ZERO("oseccr_el1", 5, "the guest cannot enable exception catch for a debugger");
	sysreg_write("oslar_el1", 0);
	STAYS_ZERO("mdccint_el1", 3u << 29,
		   "the guest cannot enable the debug channel's interrupts");
	STAYS_ZERO("osdtrrx_el1", 5, "the guest cannot write to the debug channel");
	sysreg_write("mdscr_el1", 0);
	isb();
}

int main(void)
{
	sysreg_write("oslar_el1", 0);
	isb();
	breakpoint();
	no_debugger();
	steps(code_nop, 0, 0, "NOP");
	steps(code_id, 0, 0, "a read of an ID register");
	steps(code_actlr, 0, 0, "a read of ACTLR_EL1");
	steps(code_load, board.gicd.base + 4, 0, "a load from the distributor");
	steps(code_index, board.gicd.base + 4, 0, "a load with writeback");
	steps(code_pair, board.gicr[0].base, 0, "a load of a pair");
	steps(code_sgi, 1ull << 40, 0, "an SGI to others");
	calls(code_hvc, "HVC");
	calls(code_smc, "SMC");
	return tap_done();
}
