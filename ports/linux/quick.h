/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ports/linux/build puts this before two files of Linux, so that a lockup takes no hundred times as
 * long in QEMU. The loops of SOFTLOCKUP and HARDLOCKUP in lkdtm's bugs.c execute NOP instead of
 * YIELD, at which QEMU with one thread looks for another CPU to run. In nmi_backtrace.c, a CPU that
 * has reported another one does not read the time for up to 10 s until that one has printed its
 * backtrace.
 */
asm(".macro yield\n"
    "	nop\n"
    ".endm");

#define mdelay(ms) barrier()
