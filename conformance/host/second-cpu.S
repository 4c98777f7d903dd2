/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen is to boot on the second of two CPUs: this is run on the first one of QEMU's board, starts
 * the other, and turns itself off, until Xen starts it like any secondary CPU.
 *
 * Where QEMU 7.2 counts instructions, its CPUs take turns, in the order of their numbers. A turn
 * ends with WFI, WFE or YIELD, or where QEMU's next timer is due, at most 100 ms on. When that ends
 * the turn of the first CPU, nothing is left for the second one's before the timer, and then it is
 * the first one's turn again, for good: if it spins, and Xen 4.17 spins without YIELD, it waits for
 * ever. When it ends the turn of the second, both get whole turns from then on. While Xen boots,
 * the CPU that boots works and the other one sleeps: so the first timer has to find it on the
 * second CPU.
 *
 * It lies in the board's flash, where no RAM is taken from Xen. At the start of RAM is QEMU's own
 * code that gives a kernel the FDT in x0.
 */
#define PSCI_CPU_ON_64 0xc4000003
#define PSCI_CPU_OFF   0x84000002
#define RAM	       0x40000000

	.text
	.globl	_start
_start:
	ldr	w0, =PSCI_CPU_ON_64
	mov	x1, #1
	mov	x2, #RAM
	mov	x3, #0
	smc	#0
	ldr	w0, =PSCI_CPU_OFF
	smc	#0
	.ltorg
