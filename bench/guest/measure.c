/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/console.h"
#include "guest/timer.h"
#include "hypervisor/format.h"
#include "measure.h"

#define NS_PER_S	 1000000000u
#define EMPTY_PER_ROUND	 4u /* of loop_empty */
#define CALIBRATE_ROUNDS 100u
#define CHECK_ROUNDS	 1000u
#define CALIBRATE_TRIES	 10u

static uint64_t around; /* overhead of the stamps, from measure_calibrate() */

uint64_t instructions_per_tick(void)
{
	return NS_PER_S / timer_frequency();
}

uint64_t instructions_of(uint64_t ticks)
{
	return ticks * instructions_per_tick();
}

uint64_t stamp_instructions(const struct stamp *stamp)
{
	unsigned moved = 1;

	while (moved < STAMP_READS - 1 && stamp->reads[moved] == stamp->reads[0])
		moved++;
	return instructions_of(stamp->reads[moved]) - moved;
}

static uint64_t between(loop_fn *loop, uint64_t n, uint64_t a, uint64_t b, uint64_t c)
{
	struct stamp begin, end;

	stamp_take(&begin);
	loop(n, a, b, c);
	stamp_take(&end);
	return stamp_instructions(&end) - stamp_instructions(&begin);
}

static uint64_t best_empty(uint64_t n)
{
	uint64_t all, best = UINT64_MAX;

	for (unsigned i = 0; i < CALIBRATE_TRIES; i++) {
		all = between(loop_empty, n, 0, 0, 0);
		best = all < best ? all : best;
	}
	return best;
}

bool measure_calibrate(void)
{
	around = best_empty(CALIBRATE_ROUNDS) - CALIBRATE_ROUNDS * EMPTY_PER_ROUND;
	return NS_PER_S % timer_frequency() == 0 && instructions_per_tick() < STAMP_READS &&
	       best_empty(CHECK_ROUNDS) - around == CHECK_ROUNDS * EMPTY_PER_ROUND;
}

uint64_t measure_loop(loop_fn *loop, uint64_t n, uint64_t a, uint64_t b, uint64_t c)
{
	return between(loop, n, a, b, c) - around;
}

void series_add(struct series *series, int64_t instructions)
{
	uint64_t i = series->count++;

	/* Keep the sums sorted. */
	for (; i && series->sums[i - 1] > instructions; i--)
		series->sums[i] = series->sums[i - 1];
	series->sums[i] = instructions;
}

struct decimal {
	char s[32];
};

/* Rounded to two decimals. */
static struct decimal per_operation(int64_t sum, uint64_t n)
{
	uint64_t magnitude = (uint64_t)(sum < 0 ? -sum : sum);
	uint64_t hundredths = (magnitude * 100 + n / 2) / n;
	struct decimal text;

	format(text.s, sizeof text.s, "%s%lu.%02lu", sum < 0 ? "-" : "", hundredths / 100,
	       hundredths % 100);
	return text;
}

void series_print(struct series *series)
{
	console_print("BENCH name=%s best=%s median=%s n=%lu batches=%lu\n", series->name,
		      per_operation(series->sums[0], series->n).s,
		      per_operation(series->sums[series->count / 2], series->n).s, series->n,
		      series->count);
}

void series_skip(const struct series *series, const char *reason, ...)
{
	char text[160];
	va_list args;

	va_start(args, reason);
	format_va(text, sizeof text, reason, args);
	va_end(args);
	console_print("BENCH name=%s skip=%s\n", series->name, text);
}
