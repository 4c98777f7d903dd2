/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * This code runs before a Linux kernel. It writes the counter into the kernel's command line, over
 * the digits of the word "entry=0000000000000000", and jumps to the kernel. Linux passes a word
 * that it does not know to its first process as an environment variable, so that process learns
 * when its kernel was entered, on any hypervisor. bench/boot/add-entry appends this code to an
 * Image and redirects the Image's first branch to it.
 *
 * It is entered as a kernel is, with the MMU off and the FDT's address in x0. It leaves all
 * registers unchanged that have a meaning to the kernel; x1 to x3 have to be 0
 * (Documentation/arm64/booting.rst).
 */
	.text
	.globl	_start
_start:
	ldr	x4, =0x656e7472793d3030		// "entry=00", the first character on top
	ldr	w1, [x0, #4]			// totalsize, big-endian
	rev	w1, w1
	add	x1, x0, x1
	mov	x2, x0
	mov	x3, #0
1:	cmp	x2, x1
	b.hs	4f				// there is no such word
	ldrb	w5, [x2], #1
	orr	x3, x5, x3, lsl #8
	cmp	x3, x4
	b.ne	1b

	sub	x2, x2, #2			// the first digit
	isb
	mrs	x3, cntvct_el0
	mov	x1, #60
2:	lsr	x5, x3, x1
	and	x5, x5, #15
	cmp	x5, #10
	add	x4, x5, #'0'
	add	x5, x5, #('a' - 10)
	csel	x4, x4, x5, lo
	strb	w4, [x2], #1
	subs	x1, x1, #4
	b.ge	2b
	dsb	sy

4:	mov	x1, #0
	mov	x2, #0
	mov	x3, #0
	.globl	leave
leave:	nop					// the kernel's own branch
	.ltorg
