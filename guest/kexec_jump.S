/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void kexec_jump(uint64_t entry, const void *fdt): turn off MMU and caches, and jump to `entry`.
 * The identity map makes that possible.
 */
	.text
	.global	kexec_jump
kexec_jump:
	msr	daifset, #0xf
	mrs	x2, sctlr_el1
	mov	x3, #0x1005		/* M, C, I */
	bic	x2, x2, x3
	msr	sctlr_el1, x2
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	mov	x4, x0
	mov	x0, x1
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	br	x4

	.section .handover, "a"
	.global	kexec_handover_bytes
kexec_handover_bytes:
	.skip	4096
