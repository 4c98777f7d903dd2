/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A big-endian kernel on 2 CPUs that accesses devices with loads of 32 and 64 bits. Such a load has
 * the bytes of the device's little-endian register in reverse order. The kernel prints one line:
 * GICD_PIDR2, GICR_TYPER of CPU 1, and SCTLR_EL1 of CPU 1, which CPU_ON has to start big-endian,
 * too.
 */
	.globl _start
_start:
	mov	x9, #0x09000000		/* MAP_UART_BASE */
	movz	x1, #0x0800, lsl #16	/* MAP_GICD_BASE */
	movk	x1, #0xffe8
	ldr	w10, [x1]
	bl	hex
	movz	x1, #0x080c, lsl #16	/* MAP_GICR_BASE, the second CPU's */
	ldr	x10, [x1, #8]
	bl	hex
	movz	w0, #0xc400, lsl #16	/* PSCI CPU_ON */
	movk	w0, #0x0003
	mov	x1, #1
	adr	x2, second
	mov	x3, x9
	hvc	#0
1:	wfe
	b	1b

second:	mov	x9, x0
	mrs	x10, SCTLR_EL1
	bl	hex
	mov	w11, #'\n'
	rev	w11, w11
	str	w11, [x9]
	movz	w0, #0x8400, lsl #16	/* PSCI SYSTEM_OFF */
	movk	w0, #0x0008
	hvc	#0
	b	.

/* Print x10 in hexadecimal, and a space, with 32-bit stores. */
hex:	mov	w12, #16
1:	ror	x10, x10, #60
	and	w11, w10, #15
	cmp	w11, #10
	add	w13, w11, #'0'
	add	w11, w11, #'a' - 10
	csel	w11, w13, w11, lo
	rev	w11, w11
	str	w11, [x9]
	subs	w12, w12, #1
	b.ne	1b
	mov	w11, #' '
	rev	w11, w11
	str	w11, [x9]
	ret
