/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The EL2 vectors. An exception from a guest makes guest_enter() (switch.S) return, with the kind
 * of exit. An exception from EL2 itself is a bug of the hypervisor and ends in panic_exception().
 */
#include "asm.h"

/*
 * From a guest. The vCPU and its answers, which guest_enter() pushed, are at the top of the stack;
 * switch.S has the layout.
 */
.macro	from_guest kind
	.balign	0x80
	stp	x2, x3, [sp, #-16]!
	mov	x3, #\kind
	b	guest_exit
.endm

/*
 * The same for synchronous exceptions. HVC #0 and SMC #0, with nothing else in the syndrome, go to
 * fastcall.S, which may answer them at once.
 */
.macro	from_guest_synchronous
	.balign	0x80
	stp	x2, x3, [sp, #-16]!
	mrs	x2, esr_el2
	mov	x3, #ESR_HVC
	subs	x2, x2, x3
	b.eq	fast_hvc
	eor	x2, x2, #(ESR_SMC - ESR_HVC)
	cbz	x2, fast_smc
	mov	x3, #EXIT_SYNC
	b	guest_exit
.endm

.macro	from_hypervisor kind
	.balign	0x80
	msr	tpidr_el1, x0		/* scratch: the guest's value is lost with the lab */
	mov	x0, #\kind
	b	hypervisor_fault
.endm

	.text
	.balign	0x800
	.global	vectors
vectors:
	from_hypervisor 0		/* current EL with SP_EL0: never used */
	from_hypervisor 1
	from_hypervisor 2
	from_hypervisor 3
	from_hypervisor 0		/* current EL with SP_EL2 */
	from_hypervisor 1
	from_hypervisor 2
	from_hypervisor 3
	from_guest_synchronous		/* lower EL, AArch64 */
	from_guest EXIT_IRQ
	from_guest EXIT_FIQ
	from_guest EXIT_SERROR
	from_guest EXIT_SYNC		/* lower EL, AArch32: EL0 of a guest */
	from_guest EXIT_IRQ
	from_guest EXIT_FIQ
	from_guest EXIT_SERROR

/* Uses the panic stack, because the fault may be an overflow of this CPU's own. */
hypervisor_fault:
	msr	tpidr_el0, x1
	adrp	x1, panic_stack_top
	add	x1, x1, :lo12:panic_stack_top
	sub	x1, x1, #(34 * 8)
	stp	x2, x3, [x1, #16]
	stp	x4, x5, [x1, #32]
	stp	x6, x7, [x1, #48]
	stp	x8, x9, [x1, #64]
	stp	x10, x11, [x1, #80]
	stp	x12, x13, [x1, #96]
	stp	x14, x15, [x1, #112]
	stp	x16, x17, [x1, #128]
	stp	x18, x19, [x1, #144]
	stp	x20, x21, [x1, #160]
	stp	x22, x23, [x1, #176]
	stp	x24, x25, [x1, #192]
	stp	x26, x27, [x1, #208]
	stp	x28, x29, [x1, #224]
	mov	x3, sp
	stp	x30, x3, [x1, #240]
	mrs	x2, tpidr_el1
	mrs	x3, tpidr_el0
	stp	x2, x3, [x1]
	mov	sp, x1
	bl	panic_exception
