/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way from the boot loader to C, by the arm64 Linux boot protocol
 * (Documentation/arm64/booting): entered at EL1 with the MMU off and the FDT's address in x0. Other
 * CPUs enter through PSCI CPU_ON, with their struct cpu in x0. The code is little-endian or
 * big-endian, as the image is built.
 */
#ifdef __AARCH64EB__
#define ENDIAN_FLAG 1
#define SCTLR_OFF   0x33d00800 /* RES1, EE and E0E; MMU and caches off */
#else
#define ENDIAN_FLAG 0
#define SCTLR_OFF   0x30d00800 /* RES1; MMU and caches off */
#endif
#define CPACR_FPEN (3 << 20) /* FP and SIMD not trapped */

#ifndef GUEST_GRANULE_SHIFT
#define GUEST_GRANULE_SHIFT 12
#endif
#define PAGE_FLAG (GUEST_GRANULE_SHIFT / 2 - 5) /* 1, 2, 3: pages of 4, 16, 64 KiB */
#define FLAGS	  (0x8 | PAGE_FLAG << 1 | ENDIAN_FLAG) /* 0x8: may be loaded anywhere in RAM */

/* The header is little-endian in any image, so fields other than 0 are written as bytes. */
	.section .head, "ax"
	.global _start
_start:
	b	primary
	.long	0
	.quad	0			/* text_offset */
	.byte	0, 0, 0x20, 0, 0, 0, 0, 0	/* image_size: 2 MiB, see image.ld */
	.byte	FLAGS, 0, 0, 0, 0, 0, 0, 0
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

.macro	adr_l reg, symbol
	adrp	\reg, \symbol
	add	\reg, \reg, :lo12:\symbol
.endm

/* x0: struct cpu. x1 is free. */
.macro	cpu_setup
	msr	tpidr_el1, x0
	ldr	x1, [x0]		/* cpu.stack_top */
	mov	sp, x1
	adr_l	x1, vectors
	msr	vbar_el1, x1
	mov	x1, #CPACR_FPEN
	msr	cpacr_el1, x1
	isb
	msr	daifclr, #4		/* take an SError at once: it is a failure */
.endm

/* Set SCTLR_EL1 to a known state. From here on, data accesses have this image's byte order. */
.macro	sctlr_off
	msr	daifset, #0xf
	movz	x1, #(SCTLR_OFF >> 16), lsl #16
	movk	x1, #(SCTLR_OFF & 0xffff)
	msr	sctlr_el1, x1
	isb
.endm

primary:
	mrs	x1, CurrentEL
	cmp	x1, #(1 << 2)
	b.ne	stop			/* this code does not run at EL2 */
	sctlr_off
	mov	x20, x0

	/*
	 * Clean and invalidate bss: what the loader left in the caches must not overwrite what is
	 * stored with the caches off.
	 */
	adr_l	x0, bss_start
	adr_l	x1, bss_end
1:	dc	civac, x0
	add	x0, x0, #16
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	adr_l	x0, bss_start
2:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	2b

	/* Relocations, all of them R_AARCH64_RELATIVE (1027): *(base + offset) = base + addend. */
	adrp	x9, _start
	adr_l	x10, rela_start
	adr_l	x11, rela_end
3:	cmp	x10, x11
	b.hs	4f
	ldp	x12, x13, [x10], #16
	ldr	x14, [x10], #8
	cmp	x13, #1027
	b.ne	stop
	add	x14, x14, x9
	str	x14, [x9, x12]
	b	3b
4:
	adr_l	x0, cpus
	adr_l	x1, boot_stack_top
	str	x1, [x0]
	cpu_setup
	mov	x0, x20
	bl	board_find_fdt
	mov	x20, x0
	bl	mmu_prepare
	bl	mmu_enable
	mov	x0, x20
	bl	primary_main
	b	stop

	.text
	.global	secondary_start
secondary_start:
	sctlr_off
	mov	x20, x0
	bl	mmu_enable
	mov	x0, x20
	cpu_setup
	bl	secondary_main
stop:
	wfi
	b	stop

/* Turn on the MMU with what mmu_prepare() left in mmu_registers: MAIR, TCR, TTBR0. */
mmu_enable:
	adr_l	x1, mmu_registers
	ldp	x2, x3, [x1]
	ldr	x4, [x1, #16]
	msr	mair_el1, x2
	msr	tcr_el1, x3
	msr	ttbr0_el1, x4
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	mrs	x2, sctlr_el1
	mov	x3, #0x1005		/* M, C, I */
	orr	x2, x2, x3
	msr	sctlr_el1, x2
	isb
	ret

	.bss
	.balign	16
	.skip	16384
boot_stack_top:
