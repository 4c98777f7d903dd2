/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Enter a guest and come back; save and load the FP/SIMD registers of a vCPU. struct gp_regs and
 * struct fp_regs (vcpu.h) define the layouts.
 */
#include "asm.h"

	.arch_extension fp
	.arch_extension simd

#define REGS_PC (31 * 8)

	.text
/*
 * Runs the guest until an exception takes it to EL2. The caller has loaded all of the vCPU's state
 * but its general registers, PC and PSTATE.
 *
 * This is not the procedure call standard: only the inline guest_enter() in arch.h may call it.
 *	in	x0	struct vcpu *
 *	out	x3	the kind of exit (EXIT_*, asm.h)
 *	kept	x29, sp; every other general register has an unspecified value at `ret`
 *
 * EL2's stack while the guest runs, and at guest_exit:
 *	sp + 0	guest's x2, x3		pushed by the vector (vectors.S); fastcall.S pops them again
 *	  + 16	vCPU, its answers	pushed by guest_enter; while the guest runs, sp points here
 *	  + 32	EL2's x29, x30		pushed by guest_enter: frame pointer and return address
 */
	.global	guest_enter
guest_enter:
	stp	x29, x30, [sp, #-16]!
	add	x1, x0, #VCPU_ANSWERS
	stp	x0, x1, [sp, #-16]!
	ldp	x1, x2, [x0, #REGS_PC]
	msr	elr_el2, x1
	msr	spsr_el2, x2
	ldp	x2, x3, [x0, #16]
	ldp	x4, x5, [x0, #32]
	ldp	x6, x7, [x0, #48]
	ldp	x8, x9, [x0, #64]
	ldp	x10, x11, [x0, #80]
	ldp	x12, x13, [x0, #96]
	ldp	x14, x15, [x0, #112]
	ldp	x16, x17, [x0, #128]
	ldp	x18, x19, [x0, #144]
	ldp	x20, x21, [x0, #160]
	ldp	x22, x23, [x0, #176]
	ldp	x24, x25, [x0, #192]
	ldp	x26, x27, [x0, #208]
	ldp	x28, x29, [x0, #224]
	ldr	x30, [x0, #240]
	ldp	x0, x1, [x0]
	eret
	dsb	nsh			/* stop speculation past eret */
	isb

/* From vectors.S: the stack is as above, and x3 holds the kind of exit. */
	.global	guest_exit
guest_exit:
	ldr	x2, [sp, #16]
	stp	x0, x1, [x2]
	stp	x4, x5, [x2, #32]
	stp	x6, x7, [x2, #48]
	stp	x8, x9, [x2, #64]
	stp	x10, x11, [x2, #80]
	stp	x12, x13, [x2, #96]
	stp	x14, x15, [x2, #112]
	stp	x16, x17, [x2, #128]
	stp	x18, x19, [x2, #144]
	stp	x20, x21, [x2, #160]
	stp	x22, x23, [x2, #176]
	stp	x24, x25, [x2, #192]
	stp	x26, x27, [x2, #208]
	stp	x28, x29, [x2, #224]
	str	x30, [x2, #240]
	ldp	x0, x1, [sp], #32
	stp	x0, x1, [x2, #16]
	mrs	x0, elr_el2
	mrs	x1, spsr_el2
	stp	x0, x1, [x2, #REGS_PC]
	ldp	x29, x30, [sp], #16
	ret

.macro	fp_pairs op
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	fp_pair	\op, \n
	.endr
.endm
.altmacro
.macro	fp_pair op, n
	fp_pair_ \op, \n, %(\n + 1)
.endm
.macro	fp_pair_ op, n, m
	\op	q\n, q\m, [x0, #(\n * 16)]
.endm

/* void fp_save(struct fp_regs *), void fp_load(const struct fp_regs *) */
	.global	fp_save
fp_save:
	fp_pairs stp
	mrs	x1, fpcr
	mrs	x2, fpsr
	add	x0, x0, #512
	stp	x1, x2, [x0]
	ret

	.global	fp_load
fp_load:
	fp_pairs ldp
	add	x0, x0, #512
	ldp	x1, x2, [x0]
	msr	fpcr, x1
	msr	fpsr, x2
	ret
