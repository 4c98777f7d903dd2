/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void calls_hvc_0(struct call_state *), ...: load all registers of struct call_state, make the
 * call, store all registers. TPIDR_EL0 holds the structure's address during the call, so that the
 * code does not rely on any register that the case tests.
 */
	.arch_extension fp
	.arch_extension simd

#define X_LR	  240
#define SP_BEFORE 248
#define SP_AFTER  256
#define FPCR	  264
#define FPSR	  272
#define V	  288

.macro	x_pairs_2_to_29 op
	.irp	n, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
	x_pair	\op, \n, %(\n + 1)
	.endr
.endm
	.altmacro
.macro	x_pair op, n, m
	\op	x\n, x\m, [x30, #(8 * \n)]
.endm
.macro	v_pairs op
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	v_pair	\op, \n, %(\n + 1)
	.endr
.endm
.macro	v_pair op, n, m
	\op	q\n, q\m, [x30, #(V + 16 * \n)]
.endm

.macro	conduit name, instruction, imm
	.global	\name
\name:
	sub	sp, sp, #112
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	mrs	x1, fpcr
	str	x1, [sp, #96]

	msr	tpidr_el0, x0
	mov	x30, x0
	mov	x1, sp
	str	x1, [x30, #SP_BEFORE]
	ldr	x1, [x30, #FPCR]
	msr	fpcr, x1
	ldr	x1, [x30, #FPSR]
	msr	fpsr, x1
	v_pairs	ldp
	x_pairs_2_to_29 ldp
	ldp	x0, x1, [x30]
	ldr	x30, [x30, #X_LR]

	\instruction	#\imm

	msr	tpidrro_el0, x30
	mrs	x30, tpidr_el0
	stp	x0, x1, [x30]
	mov	x0, sp
	str	x0, [x30, #SP_AFTER]
	ldr	x0, [x30, #SP_BEFORE]
	mov	sp, x0
	mrs	x0, tpidrro_el0
	str	x0, [x30, #X_LR]
	mrs	x0, fpcr
	str	x0, [x30, #FPCR]
	mrs	x0, fpsr
	str	x0, [x30, #FPSR]
	x_pairs_2_to_29 stp
	v_pairs	stp

	ldr	x0, [sp, #96]
	msr	fpcr, x0
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	add	sp, sp, #112
	ret
.endm

	.text
	conduit	calls_hvc_0, hvc, 0
	conduit	calls_hvc_1, hvc, 1
	conduit	calls_hvc_7fff, hvc, 0x7fff
	conduit	calls_hvc_ffff, hvc, 0xffff
	conduit	calls_smc_0, smc, 0
	conduit	calls_smc_1, smc, 1
	conduit	calls_smc_7fff, smc, 0x7fff
	conduit	calls_smc_ffff, smc, 0xffff
