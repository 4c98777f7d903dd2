/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vectors for measurements with interrupts, and the loops that are interrupted. All exceptions
 * but IRQs go to the runtime's vectors. Vectors and loops agree on the use of the general
 * registers, so that no instruction saves any.
 */
#define ICC_IAR1_EL1  S3_0_c12_c12_0
#define ICC_EOIR1_EL1 S3_0_c12_c12_1
#define ICC_SGI1R_EL1 S3_0_c12_c11_5
#define NO_INTERRUPT  1020 /* this and above are special INTIDs */
#define SPSR_I	      (1 << 7)

/* offsets in struct pair */
#define STOP  0
#define SPINS 8
#define TAKEN 16

.macro	to_runtime kind
	.balign	0x80
	b	vectors + 0x80 * \kind
.endm

.macro	table name, irq
	.balign	0x800
	.global	\name
\name:
	.irp	kind, 0, 1, 2, 3, 4
	to_runtime \kind
	.endr
	.balign	0x80
	\irq
	.irp	kind, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	to_runtime \kind
	.endr
.endm

.macro	irq_timer
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
	mrs	x\n, cntvct_el0
	.endr
	b	timer_taken
.endm

/* x0: struct pair, x4: number of SGIs taken. 7 instructions. */
.macro	irq_sgi
	mrs	x3, ICC_IAR1_EL1
	cmp	x3, #NO_INTERRUPT
	b.hs	1f
	msr	ICC_EOIR1_EL1, x3
	add	x4, x4, #1
	str	x4, [x0, #TAKEN]
1:	eret
.endm

	.text
	table	timer_vectors, irq_timer
	table	sgi_vectors, irq_sgi

/*
 * unsigned timer_wait(struct stamp *, uint64_t deadline, bool idle): waits for the virtual timer,
 * in WFI if `idle`, otherwise spinning. The stamp begins with the first instruction of the
 * interrupt's vector. Returns the INTID.
 */
	.global	timer_wait
timer_wait:
	stp	x19, x30, [sp, #-16]!
	mov	x19, x0
	mov	x3, #1
	msr	cntv_cval_el0, x1
	msr	cntv_ctl_el0, x3
	isb
	msr	daifclr, #2
	cbnz	w2, 2f
1:	b	1b
2:	wfi
	b	2b

timer_taken:
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	stp	x8, x9, [x19, #64]
	stp	x10, x11, [x19, #80]
	stp	x12, x13, [x19, #96]
	stp	x14, x15, [x19, #112]
	str	x16, [x19, #128]
	mrs	x1, ICC_IAR1_EL1
	msr	cntv_ctl_el0, xzr
	isb
	msr	ICC_EOIR1_EL1, x1
	adr	x0, 3f
	msr	elr_el1, x0
	mrs	x0, spsr_el1
	orr	x0, x0, #SPSR_I
	msr	spsr_el1, x0
	eret
3:	mov	w0, w1
	ldp	x19, x30, [sp], #16
	ret

/* void pair_spin(struct pair *): spins until it is stopped. 5 instructions a round. */
	.global	pair_spin
pair_spin:
	mov	x1, #0
1:	ldr	x2, [x0, #STOP]
	cbnz	x2, 2f
	add	x1, x1, #1
	str	x1, [x0, #SPINS]
	b	1b
2:	ret

/*
 * void pair_receive(struct pair *): the same while it takes SGIs. 6 instructions a round. No
 * hypervisor traps YIELD; QEMU ends the CPU's turn at it where it runs CPUs in turns.
 */
	.global	pair_receive
pair_receive:
	mov	x1, #0
	mov	x4, #0
	msr	daifclr, #2
1:	ldr	x2, [x0, #STOP]
	cbnz	x2, 2f
	add	x1, x1, #1
	str	x1, [x0, #SPINS]
	yield
	b	1b
2:	msr	daifset, #2
	ret

/*
 * void pair_answer(uint64_t sgi): answers each SGI 0 with `sgi`, and returns at any other SGI. 10
 * instructions for each answer.
 */
	.arch_extension fp
	.arch_extension simd
	.global	pair_answer
pair_answer:
1:	wfi
	mrs	x1, ICC_IAR1_EL1
	cmp	x1, #NO_INTERRUPT
	b.hs	1b
	msr	ICC_EOIR1_EL1, x1
	cbnz	x1, 2f
	fmov	d0, #1.0
	msr	ICC_SGI1R_EL1, x0
	isb
	b	1b
2:	ret
