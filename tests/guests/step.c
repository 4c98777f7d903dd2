/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A debugger in the guest steps over one instruction at a time (DDI 0487, D2.12), also over those that a
 * hypervisor emulates: each step ends behind its instruction, not one later.
 */
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/start.h"
#include "guest/sysreg.h"

#define ESR_EC_STEP 0x33u /* software step, from EL1 */

void step_vectors(void);
void step_over(const uint32_t *insn, uint64_t x0, uint64_t *esr, uint64_t *elr);

/*
 * step_over() goes to `insn` with x0, by an exception return that has PSTATE.SS set; the exception after the step
 * brings it back to its caller.
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
	"	stp	x2, x3, [sp, #16]\n"
	"	mrs	x29, vbar_el1\n"
	"	adrp	x4, step_vectors\n"
	"	add	x4, x4, :lo12:step_vectors\n"
	"	msr	vbar_el1, x4\n"
	"	msr	elr_el1, x0\n"
	"	movz	x4, #0x20, lsl #16\n"
	"	movk	x4, #0x1c5\n"
	"	msr	spsr_el1, x4\n"
	"	mov	x4, #0x2001\n"
	"	msr	mdscr_el1, x4\n"
	"	isb\n"
	"	mov	x0, x1\n"
	"	mov	x1, xzr\n"
	"	eret\n"
	"stepped:\n"
	"	msr	mdscr_el1, xzr\n"
	"	msr	vbar_el1, x29\n"
	"	isb\n"
	"	ldp	x2, x3, [sp, #16]\n"
	"	mrs	x4, esr_el1\n"
	"	str	x4, [x2]\n"
	"	mrs	x4, elr_el1\n"
	"	str	x4, [x3]\n"
	"	ldp	x29, x30, [sp], #32\n"
	"	ret\n"
	".popsection\n");

/* The instruction is the first of some. */
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

static void steps(const uint32_t *insn, uint64_t x0, const char *what)
{
	uint64_t esr = 0, elr = 0;

	step_over(insn, x0, &esr, &elr);
	tap_ok(ESR_EC(esr) == ESR_EC_STEP && elr == (uint64_t)(uintptr_t)(insn + 1),
	       "a step over %s ends behind it (ESR 0x%lx, %ld bytes on)", what, esr,
	       (long)(elr - (uint64_t)(uintptr_t)insn));
}

int main(void)
{
	sysreg_write("oslar_el1", 0);
	isb();
	steps(code_nop, 0, "NOP");
	steps(code_id, 0, "a read of an ID register");
	steps(code_actlr, 0, "a read of ACTLR_EL1");
	steps(code_load, board.gicd.base + 4, "a load from the distributor");
	steps(code_index, board.gicd.base + 4, "a load with writeback");
	steps(code_pair, board.gicr[0].base, "a load of a pair");
	steps(code_sgi, 1ull << 40, "an SGI to others");
	steps(code_hvc, 0x84000000, "HVC");
	return tap_done();
}
