/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

/*
 * Counts instructions by the clock of an emulator that advances 1 ns with each instruction (QEMU's
 * -icount shift=0). The count includes the hypervisor's instructions and those of other CPUs. The
 * counter itself advances only once in several instructions, sixteen at 62.5 MHz. A stamp is exact
 * nevertheless: it reads the counter with more instructions in a row than that, and the first read
 * that sees it advance gives the time.
 */
#include <stdbool.h>
#include <stdint.h>

#define STAMP_READS 17u

struct stamp {
	uint64_t reads[STAMP_READS];
};

void stamp_take(struct stamp *stamp); /* loops.S */

/* The time of a stamp's first read, in instructions. */
uint64_t stamp_instructions(const struct stamp *stamp);

/* Instructions in one tick of the counter, and in a number of ticks. */
uint64_t instructions_per_tick(void);
uint64_t instructions_of(uint64_t ticks);

/*
 * Measure the overhead of two stamps around a loop. Call this first. false: the clock does not
 * count instructions, so no figure would be valid.
 */
bool measure_calibrate(void);

/* Instructions of n rounds of a loop (loops.S), without the overhead of the stamps. */
typedef void loop_fn(uint64_t n, uint64_t a, uint64_t b, uint64_t c);
uint64_t measure_loop(loop_fn *loop, uint64_t n, uint64_t a, uint64_t b, uint64_t c);
loop_fn loop_empty, loop_hvc, loop_smc, loop_idreg, loop_load32, loop_switch_in, loop_stolen_ns,
	loop_ping, loop_send, loop_send_self, loop_watch;

/* A path's batches of n operations: the instructions of each batch, in ascending order. */
#define BATCHES_MAX 1000u

struct series {
	const char *name;
	uint64_t n, batches; /* to measure */
	uint64_t count;	     /* measured so far */
	int64_t sums[BATCHES_MAX];
};

void series_add(struct series *series, int64_t instructions);

/* Print one line with the best and the median of the batches, per operation. */
void series_print(struct series *series);

/* Print one line that says why the path cannot be measured here. */
__attribute__((format(printf, 2, 3))) void series_skip(const struct series *series,
						       const char *reason, ...);

#endif
