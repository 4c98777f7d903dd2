/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The measured loops. void loop_NAME(uint64_t n, uint64_t a, uint64_t b, uint64_t c) executes n
 * times what is between `loop` and `loop_end`, with a, b and c in x20, x21 and x22. All loops have
 * the same prologue and epilogue, so the overhead that measure.c measures with the empty loop
 * applies to all.
 */
#define ICC_IAR1_EL1  S3_0_c12_c12_0
#define ICC_EOIR1_EL1 S3_0_c12_c12_1
#define ICC_SGI1R_EL1 S3_0_c12_c11_5
#define NO_INTERRUPT  1020 /* this and above are special INTIDs */

/* offsets in struct pair */
#define SPINS 8
#define TAKEN 16

.macro	begin name
	.balign	64
	.global	loop_\name
loop_\name:
	stp	x19, x30, [sp, #-32]!
	stp	x20, x21, [sp, #16]
	str	x22, [sp, #-16]!
	mov	x19, x0
	mov	x20, x1
	mov	x21, x2
	mov	x22, x3
.endm

.macro	loop name
	begin	\name
1:
.endm

.macro	loop_end
	subs	x19, x19, #1
	b.ne	1b
	ldr	x22, [sp], #16
	ldp	x20, x21, [sp, #16]
	ldp	x19, x30, [sp], #32
	ret
.endm

	.text

/* 4 instructions a round, as many as the next two loops have without their call. */
	loop	empty
	mov	x0, x20
	mov	x1, x21
	loop_end

	loop	hvc
	mov	x0, x20
	mov	x1, x21
	hvc	#0
	loop_end

	loop	smc
	mov	x0, x20
	mov	x1, x21
	smc	#0
	loop_end

	loop	idreg
	mrs	x0, id_aa64pfr0_el1
	loop_end

	loop	load32
	ldr	w0, [x20]
	loop_end

/*
 * Switch in an array of vCPUs: x20 is the first, x22 the size of one, x21 the time. The loop itself
 * has 5 instructions a round.
 */
	loop	switch_in
	mov	x0, x20
	mov	x1, x21
	bl	pvtime_switch_in
	add	x20, x20, x22
	loop_end

/* The loop itself has 3 instructions a round. */
	loop	stolen_ns
	mov	x0, x20
	bl	pvtime_guest_stolen_ns
	loop_end

/*
 * Send an SGI to the other vCPU (x20: value for ICC_SGI1R_EL1) and wait for its answer. Both sides
 * use FP registers, so a switch has to save and load them. 10 instructions a round; the other side,
 * pair_answer(), has 10 as well.
 */
	.arch_extension fp
	.arch_extension simd
	loop	ping
	fmov	d0, #1.0
	msr	ICC_SGI1R_EL1, x20
	isb
2:	wfi
	mrs	x0, ICC_IAR1_EL1
	cmp	x0, #NO_INTERRUPT
	b.hs	2b
	msr	ICC_EOIR1_EL1, x0
	loop_end

/*
 * Send an SGI to a vCPU that spins in pair_receive(), and spin until it has taken it (x20: struct
 * pair, x21: value for ICC_SGI1R_EL1, x22: where the number of waiting rounds goes). 2
 * instructions, 6 for each SGI, and 5 for each round of waiting.
 */
	begin	send
	ldr	x4, [x20, #TAKEN]
	mov	x5, #0
1:	msr	ICC_SGI1R_EL1, x21
	isb
	add	x4, x4, #1
2:	add	x5, x5, #1
	yield
	ldr	x6, [x20, #TAKEN]
	cmp	x6, x4
	b.ne	2b
	str	x5, [x22]
	loop_end

/*
 * Send an SGI to itself, with sgi_vectors (x20: struct pair, x21: value for ICC_SGI1R_EL1). The
 * vector increments x4 when it takes the SGI. 8 instructions, and 7 for each SGI that is taken at
 * once.
 */
	begin	send_self
	mov	x0, x20
	mov	x4, #0
	mov	x5, #0
	msr	daifclr, #2
1:	msr	ICC_SGI1R_EL1, x21
	isb
	add	x5, x5, #1
2:	cmp	x4, x5
	b.ne	2b
	subs	x19, x19, #1
	b.ne	1b
	msr	daifset, #2
	mov	x19, #1
1:	loop_end

/*
 * Spin until the other vCPU, which is in pair_spin(), has had the CPU n times (x20: struct pair,
 * x21: ticks that make a gap, x22: struct watched). 4 instructions, 6 a round, 7 for each turn of
 * the other vCPU, and 8 for each other gap.
 */
	begin	watch
	ldr	x5, [x20, #SPINS]
	stp	xzr, xzr, [x22, #8]
	mov	x4, #0
	mrs	x3, cntvct_el0
1:	mrs	x6, cntvct_el0
	sub	x7, x6, x3
	mov	x3, x6
	add	x4, x4, #1
	cmp	x7, x21
	b.lo	1b
	ldr	x8, [x20, #SPINS]
	cmp	x8, x5
	b.ne	2f
	ldp	x9, x10, [x22, #8]
	add	x9, x9, x7
	add	x10, x10, #1
	stp	x9, x10, [x22, #8]
	b	1b
2:	mov	x5, x8
	str	x4, [x22]
	loop_end

/* void stamp_take(struct stamp *): reads the counter seventeen times in a row (measure.h). */
	.balign	64
	.global	stamp_take
stamp_take:
	mov	x17, x0
	isb
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
	mrs	x\n, cntvct_el0
	.endr
	stp	x0, x1, [x17]
	stp	x2, x3, [x17, #16]
	stp	x4, x5, [x17, #32]
	stp	x6, x7, [x17, #48]
	stp	x8, x9, [x17, #64]
	stp	x10, x11, [x17, #80]
	stp	x12, x13, [x17, #96]
	stp	x14, x15, [x17, #112]
	str	x16, [x17, #128]
	ret
