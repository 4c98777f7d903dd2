/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hot calls, answered without leaving the vector: PV_TIME_FEATURES, PV_TIME_ST and
 * SMCCC_VERSION, by HVC #0 and SMC #0. Nothing is decided here: the answers are words that
 * lib/service.c has computed for the vCPU beforehand (struct fast_answers, fastcall.h). Every other
 * call traps to C, and so does PV_TIME_FEATURES of any other function.
 *
 * From vectors.S: the guest's x2 and x3 are on the stack, and above them the answers (switch.S). x0
 * and x1 are the guest's: w0 is the function, w1 its argument. The SVE hint counts in neither
 * (R-30). Pending interrupts stay pending, and are taken after eret.
 */
#include "asm.h"

#define ANSWERS 24 /* offset from SP */

/* Return to the guest, and stop speculation past eret. */
.macro	return_to_guest
	ldp	x2, x3, [sp], #16
	eret
	dsb	nsh
	isb
.endm

/* After an HVC, ELR_EL2 is behind it already. */
.macro	after_hvc
	return_to_guest
.endm

/*
 * An SMC traps before it is executed: skip it, as skip_instruction() does (inject.c), for AArch64.
 */
.macro	after_smc
	mrs	x2, elr_el2
	add	x2, x2, #4
	msr	elr_el2, x2
	mrs	x2, spsr_el2
	and	x2, x2, #~(1 << 21)	/* SS: a single step ends here */
	and	x2, x2, #~(3 << 10)	/* BTYPE: it was not a branch */
	msr	spsr_el2, x2
	return_to_guest
.endm

.macro	answer after
	mov	w2, #(FAST_FID_FEATURES & 0xffff)
	movk	w2, #(FAST_FID_FEATURES >> 16), lsl #16
	and	w3, w0, #~FAST_SVE_HINT
	subs	w3, w3, w2
	b.ne	1f
	/* PV_TIME_FEATURES of PV_TIME_FEATURES itself, or of a function after it. */
	and	w3, w1, #~FAST_SVE_HINT
	sub	w3, w3, w2
	cmp	w3, #FAST_FIDS
	b.hs	slow
	ldr	x0, [sp, #ANSWERS]
	ldr	x0, [x0, w3, uxtw #3]
	\after
1:	cmp	w3, #FAST_FIDS
	b.hs	2f
	/* PV_TIME_ST, of either dialect. */
	ldr	x0, [sp, #ANSWERS]
	add	x0, x0, w3, uxtw #3
	ldr	x0, [x0, #(FAST_ST - 8)]
	\after
2:	add	w3, w3, w2
	eor	w3, w3, #FAST_FID_VERSION
	cbnz	w3, slow
	ldr	x0, smccc_version
	\after
.endm

	.text
	.balign	64
	.global	fast_hvc
fast_hvc:
	answer	after_hvc
	.global	fast_smc
fast_smc:
	answer	after_smc

slow:
	mov	x3, #EXIT_SYNC
	b	guest_exit

	.balign	8
smccc_version:
	.quad	FAST_VERSION
