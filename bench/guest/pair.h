/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

/* The second vCPU, for paths that need two, and the interrupts between the two. */
#include <stdbool.h>
#include <stdint.h>
#include "measure.h"

#define PAIR_SPIN_PER_ROUND    5u /* instructions of the loops in vectors.S */
#define PAIR_RECEIVE_PER_ROUND 6u

/* loops.S and vectors.S depend on this layout. */
struct pair {
	uint64_t stop;	/* tells CPU 1 to return */
	uint64_t spins; /* rounds of CPU 1 so far */
	uint64_t taken; /* SGIs that CPU 1 has taken */
};
extern struct pair pair;

/* Loops for CPU 1, which run until it is stopped (vectors.S). */
void pair_spin(struct pair *pair);
void pair_receive(struct pair *pair);
void pair_answer(uint64_t sgi);

extern char vectors[], timer_vectors[], sgi_vectors[];
void use_vectors(const char *table);

/* The value for ICC_SGI1R_EL1 that sends that SGI to that CPU. */
uint64_t sgi_to(unsigned intid, unsigned cpu);

/* Whether the two vCPUs share a physical CPU, at any level below them. */
enum pair_place {
	PAIR_ALONE, /* there is only one vCPU */
	PAIR_SHARE,
	PAIR_APART,
};
enum pair_place pair_place(void);

/* Start `fn` on CPU 1, with sgi_vectors, until pair_end(). CPU 1 is running when this returns. */
void pair_begin(void (*fn)(void));
void pair_end(void);

/* The three functions to run. */
void pair_run_spin(void);
void pair_run_receive(void);
void pair_run_answer(void);

/* The rounds of CPU 1 so far. */
uint64_t pair_spins(void);

#endif
