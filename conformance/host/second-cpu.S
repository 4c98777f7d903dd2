/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes Xen boot on the second of two CPUs. The first CPU of QEMU's board executes this code: it
 * starts the second CPU and turns itself off, until Xen starts it like any secondary CPU.
 *
 * When QEMU 7.2 counts instructions, its CPUs take turns in the order of their numbers. A turn ends
 * with WFI, WFE or YIELD, or when QEMU's next timer is due, after 100 ms at most. If the timer ends
 * the first CPU's turn, the second CPU has no time left before the timer, and the first CPU's turn
 * begins again; that repeats for ever. So if the first CPU spins for the second without YIELD, as
 * Xen 4.17 does, it waits for ever. If the timer ends the second CPU's turn, both CPUs get whole
 * turns from then on. While Xen boots, the boot CPU works and the other CPU sleeps. So Xen must
 * boot on the second CPU, where the first timer then finds it.
 *
 * The code is in the board's flash, where it takes no RAM from Xen. At the start of RAM is QEMU's
 * own code that enters a kernel with the FDT in x0.
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
