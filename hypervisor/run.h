/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RUN_H
#define RUN_H

struct cpu;

/*
 * What every CPU does from boot to the end: run the vCPU that the scheduler chooses, and handle
 * whatever makes it exit.
 */
void run_forever(struct cpu *cpu) __attribute__((noreturn));

#endif
