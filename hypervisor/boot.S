/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way from the boot loader to C. The image follows the arm64 Linux boot protocol
 * (Documentation/arm64/booting): the loader enters it at EL2 with the MMU off and the board's FDT
 * in x0. Secondary CPUs enter through PSCI CPU_ON, with their struct cpu in x0.
 */
#include "asm.h"

#define SCTLR_EL2_OFF 0x30c50830 /* RES1; MMU, caches and checks off */

	.section .head, "ax"
	.global _start
_start:
	b	primary
	.long	0
	.quad	0			/* text_offset: at any 2 MiB boundary */
	/* image_size, bss included; this word is 16 bytes into the image */
	.quad	image_end - . + 16
	.quad	0xa			/* little-endian, 4 KiB pages, anywhere in RAM */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

primary:
	msr	daifset, #0xf
	mrs	x1, CurrentEL
	cmp	x1, #(2 << 2)
	/* not at EL2: the hypervisor cannot run, and has no way yet to report it */
	b.ne	stop
	mov	x20, x0
	ldr	x1, =SCTLR_EL2_OFF
	msr	sctlr_el2, x1
	isb

	/*
	 * The loader may have left dirty cache lines. If they were written back later, they would
	 * overwrite what is stored here with the caches off.
	 */
	adrp	x0, file_end
	add	x0, x0, :lo12:file_end
	adrp	x1, image_end
	add	x1, x1, :lo12:image_end
1:	dc	civac, x0
	add	x0, x0, #16
	cmp	x0, x1
	b.lo	1b
	dsb	sy

	adrp	x0, bss_start
	add	x0, x0, :lo12:bss_start
2:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	2b

	/* Apply the relocations, all R_AARCH64_RELATIVE: *(base + offset) = base + addend. */
	adrp	x9, _start
	adrp	x10, rela_start
	add	x10, x10, :lo12:rela_start
	adrp	x11, rela_end
	add	x11, x11, :lo12:rela_end
3:	cmp	x10, x11
	b.hs	4f
	ldp	x12, x13, [x10], #16
	ldr	x14, [x10], #8
	cmp	x13, #1027		/* R_AARCH64_RELATIVE */
	b.ne	stop
	add	x14, x14, x9
	str	x14, [x9, x12]
	b	3b
4:
	adrp	x0, cpus
	add	x0, x0, :lo12:cpus
	bl	cpu_enter_stack
	mov	x0, x20
	bl	mmu_prepare
	bl	mmu_enable
	mov	x0, x20
	bl	primary_main
	b	stop

	.text
	.global secondary_start
secondary_start:
	msr	daifset, #0xf
	ldr	x1, =SCTLR_EL2_OFF
	msr	sctlr_el2, x1
	isb
	mov	x20, x0
	bl	cpu_enter_stack
	bl	mmu_enable
	mov	x0, x20
	bl	secondary_main
stop:
	wfi
	b	stop

/* x0: struct cpu of this CPU. Sets this CPU's stack and vectors. */
cpu_enter_stack:
	msr	tpidr_el2, x0
	ldr	w1, [x0]		/* cpu.id */
	add	w1, w1, #1
	mov	w2, #STACK_BYTES
	mul	w1, w1, w2
	adrp	x2, stacks
	add	x2, x2, :lo12:stacks
	add	x1, x2, x1
	mov	sp, x1
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el2, x1
	isb
	ret

/* Turn the MMU on with the tables of mmu_prepare(), which map memory one to one. */
mmu_enable:
	adrp	x1, mmu_registers
	add	x1, x1, :lo12:mmu_registers
	ldp	x2, x3, [x1]		/* MAIR, TCR */
	ldp	x4, x5, [x1, #16]	/* TTBR0, SCTLR */
	msr	mair_el2, x2
	msr	tcr_el2, x3
	msr	ttbr0_el2, x4
	tlbi	alle2
	ic	iallu
	dsb	sy
	isb
	msr	sctlr_el2, x5
	isb
	ret

/*
 * A stack of STACK_BYTES for each CPU. mmu.c leaves the lowest page of each unmapped, so that an
 * overflow faults.
 */
	.bss
	.balign	4096
	.global	stacks
stacks:
	.skip	STACK_BYTES * STACKS
	.skip	4096
	.global	panic_stack_top
panic_stack_top:
