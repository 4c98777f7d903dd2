/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ASM_H
#define ASM_H

/* What assembly and C share. Why guest_enter() came back: */
#define EXIT_SYNC   0
#define EXIT_IRQ    1
#define EXIT_FIQ    2
#define EXIT_SERROR 3

/* Stacks, one for each physical CPU; the lowest page of each is a guard. */
#define STACKS	    8
#define STACK_BYTES 16384

#endif
