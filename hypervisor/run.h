/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RUN_H
#define RUN_H

struct cpu;

/*
 * What every CPU does from boot to the end: run whom the scheduler says, and see to what makes it
 * come back.
 */
void run_forever(struct cpu *cpu) __attribute__((noreturn));

#endif
