/* SPDX-License-Identifier: BSD-2-Clause */
/* The code of the program's vCPUs: at EL1 with the MMU off, position-independent. */

#define PV_TIME_ST 0xc5000021
#define NOWHERE	   0x60000000	/* VM_NOWHERE of vm.h */
#define TURNS	   50000	/* of a loop of two instructions */
#define LONG	   0x400000

	.section .rodata
	.balign	4
	.globl	guest_code, guest_code_end, guest_call, guest_hvc, guest_work, guest_store, guest_store_pair
	.globl	guest_load, guest_sleep
guest_code:
guest_call:
	movz	w0, #(PV_TIME_ST >> 16), lsl #16
	movk	w0, #(PV_TIME_ST & 0xffff)
guest_hvc:
	movz	x19, #(NOWHERE >> 16), lsl #16
	hvc	#0
	str	x0, [x19]
guest_work:
	movz	x19, #(NOWHERE >> 16), lsl #16
	mov	x20, #1
1:	mov	x0, #TURNS
2:	subs	x0, x0, #1
	b.ne	2b
	str	x20, [x19]
	b	1b
guest_store:
	str	x1, [x0]
	b	guest_work
guest_store_pair:
	stp	x1, x1, [x0]
	b	guest_work
guest_load:
	ldr	w1, [x0]
	mov	x2, #TURNS
1:	subs	x2, x2, #1
	b.ne	1b
	b	guest_load
guest_sleep:
	movz	x2, #(LONG >> 16), lsl #16
1:	subs	x2, x2, #1
	b.ne	1b
	str	x1, [x0]
2:	wfi
	b	2b
guest_code_end:

	.section .note.GNU-stack, "", %progbits
