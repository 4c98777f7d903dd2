/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ASM_H
#define ASM_H

/* What assembly and C share. Why guest_enter() returned: */
#define EXIT_SYNC   0
#define EXIT_IRQ    1
#define EXIT_FIQ    2
#define EXIT_SERROR 3

/* ESR_EL2 of HVC #0 and of SMC #0, from AArch64. */
#define ESR_HVC 0x5a000000
#define ESR_SMC 0x5e000000

/* What fastcall.S answers: pvtime.c checks these against the library's names. */
#define FAST_FID_VERSION  0x80000000
#define FAST_VERSION	  0x10003
#define FAST_FID_FEATURES 0xc5000020
#define FAST_FIDS	  3 /* FEATURES, ST, and ST of beta-2 */
#define FAST_SVE_HINT	  0x10000

/* Offsets: of the answers in struct vcpu, and of `st` in struct fast_answers. */
#define VCPU_ANSWERS 264
#define FAST_ST	     24

/* Stacks, one for each physical CPU; the lowest page of each is a guard. */
#define STACKS	    8
#define STACK_BYTES 16384

#endif
