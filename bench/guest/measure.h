/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

/*
 * Instructions, counted by the clock: an emulator's clock that moves by 1 ns with each instruction
 * (QEMU's -icount shift=0) counts them, those of the hypervisor included, and those of other CPUs.
 * The counter itself moves only once in several, sixteen at 62.5 MHz. A stamp is exact all the
 * same: it reads the counter with that many instructions in a row, and one of them is the first to
 * see it move.
 */
#include <stdbool.h>
#include <stdint.h>

#define STAMP_READS 17u

struct stamp {
	uint64_t reads[STAMP_READS];
};

void stamp_take(struct stamp *stamp); /* loops.S */

/* The time of a stamp's first reading, in instructions. */
uint64_t stamp_instructions(const struct stamp *stamp);

/* Instructions in a tick of the counter; the same of a number of ticks. */
uint64_t instructions_per_tick(void);
uint64_t instructions_of(uint64_t ticks);

/*
 * What a stamp and the next one measure more than the loop between them. Call it first. false: the
 * clock does not count instructions, and no figure means anything.
 */
bool measure_calibrate(void);

/* Instructions of n rounds of a loop (loops.S). */
typedef void loop_fn(uint64_t n, uint64_t a, uint64_t b, uint64_t c);
uint64_t measure_loop(loop_fn *loop, uint64_t n, uint64_t a, uint64_t b, uint64_t c);
loop_fn loop_empty, loop_hvc, loop_smc, loop_idreg, loop_load32, loop_switch_in, loop_stolen_ns,
	loop_ping, loop_send, loop_send_self, loop_watch;

/* A path's batches, each of n operations: all instructions of each. */
#define BATCHES_MAX 1000u

struct series {
	const char *name;
	uint64_t n, batches; /* as wanted */
	uint64_t count;	     /* as there are */
	int64_t sums[BATCHES_MAX];
};

void series_add(struct series *series, int64_t instructions);

/* One line, per operation: the best of the batches, and the median. */
void series_print(struct series *series);

/* One line: why it cannot be measured here. */
__attribute__((format(printf, 2, 3))) void series_skip(const struct series *series,
						       const char *reason, ...);

#endif
