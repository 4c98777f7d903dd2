/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

/* The second vCPU, for paths that need two; and the interrupts between them. */
#include <stdbool.h>
#include <stdint.h>
#include "measure.h"

#define PAIR_SPIN_PER_ROUND    5u /* instructions: vectors.S */
#define PAIR_RECEIVE_PER_ROUND 6u

/* loops.S and vectors.S have its layout. */
struct pair {
	uint64_t stop;	/* for CPU 1 to end */
	uint64_t spins; /* its rounds so far */
	uint64_t taken; /* SGIs that it has taken */
};
extern struct pair pair;

/* What CPU 1 runs until it is stopped (vectors.S). */
void pair_spin(struct pair *pair);
void pair_receive(struct pair *pair);
void pair_answer(uint64_t sgi);

extern char vectors[], timer_vectors[], sgi_vectors[];
void use_vectors(const char *table);

/* What to write into ICC_SGI1R_EL1 for that SGI to that CPU. */
uint64_t sgi_to(unsigned intid, unsigned cpu);

/* Whether the vCPUs, with whatever runs below them, share a physical CPU. */
enum pair_place {
	PAIR_ALONE, /* there is one vCPU only */
	PAIR_SHARE,
	PAIR_APART,
};
enum pair_place pair_place(void);

/* Have CPU 1 run that, with the vectors for SGIs, until pair_end(). It runs when this returns. */
void pair_begin(void (*run)(void));
void pair_end(void);

/* The three things to run. */
void pair_run_spin(void);
void pair_run_receive(void);
void pair_run_answer(void);

/* The rounds of CPU 1 so far. */
uint64_t pair_spins(void);

#endif
