/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel that prints the state in which it was started, one line on the UART, and powers off: the
 * address of its first byte, x0 to x3, SCTLR_EL1 and CurrentEL, as 16 hexadecimal digits each. It
 * runs at any address and in either endianness, as it stores only bytes.
 */
	.globl _start
_start:
	mov	x20, x0
	mov	x21, x1
	mov	x22, x2
	mov	x23, x3
	mov	x9, #0x09000000		/* MAP_UART_BASE */
	adr	x10, _start
	bl	hex
	mov	x10, x20
	bl	hex
	mov	x10, x21
	bl	hex
	mov	x10, x22
	bl	hex
	mov	x10, x23
	bl	hex
	mrs	x10, SCTLR_EL1
	bl	hex
	mrs	x10, CurrentEL
	bl	hex
	mov	w11, #'\n'
	strb	w11, [x9]
	mov	w0, #0x0008		/* PSCI SYSTEM_OFF */
	movk	w0, #0x8400, lsl #16
	hvc	#0
	b	.

/* Print x10 in hexadecimal, and a space. */
hex:	mov	w12, #16
1:	ror	x10, x10, #60
	and	w11, w10, #15
	cmp	w11, #10
	add	w13, w11, #'0'
	add	w11, w11, #'a' - 10
	csel	w11, w13, w11, lo
	strb	w11, [x9]
	subs	w12, w12, #1
	b.ne	1b
	mov	w11, #' '
	strb	w11, [x9]
	ret
