/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_START_H
#define GUEST_START_H

#include <stdint.h>

/* What start.S and vectors.S call, and what they have to be called by. */
struct cpu;
struct frame;

extern char _start[], bss_start[], bss_end[]; /* image.ld */
void secondary_start(void);
void mmu_prepare(uint64_t fdt);
void primary_main(uint64_t fdt);
void secondary_main(struct cpu *cpu);
void exception(struct frame *frame, uint64_t vector);

/* The test program. When it returns, the guest powers off. */
int main(void);

#endif
