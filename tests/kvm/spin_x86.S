/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A boot sector for x86 that writes a byte to QEMU's debug console, port 0xe9, and spins without
 * interrupts. So its vCPU never leaves the CPU by itself.
 */
	.code16
	.globl _start
_start:
	cli
	movb $'S', %al
	outb %al, $0xe9
1:	jmp 1b
	.org 510
	.word 0xaa55
