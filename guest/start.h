/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_START_H
#define GUEST_START_H

#include <stdint.h>

/* The functions that start.S and vectors.S call, and the symbols that the C code needs of them. */
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
