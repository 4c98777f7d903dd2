/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Switches from a vCPU to another on the same physical CPU: because it waits, and at the end of a
 * time slice.
 */
#include "guest/board.h"
#include "pair.h"
#include "paths.h"

#define GAP_TICKS 4u /* more than a round of loop_watch takes, and less than any trap */

/* Instructions of loop_watch. */
#define WATCH_ONCE	4u
#define WATCH_PER_ROUND 6u
#define WATCH_PER_TURN	7u
#define WATCH_PER_OTHER 8u

/* loops.S depends on this layout. */
struct watched {
	uint64_t rounds;
	uint64_t other_ticks, others; /* gaps in which the other vCPU did not run */
};

static bool can_switch(const struct series *series)
{
	if (board.gic_version != 3)
		series_skip(series, "there is no GICv3");
	else if (pair_place() == PAIR_ALONE)
		series_skip(series, "there is one vCPU only");
	else if (pair_place() == PAIR_APART)
		series_skip(series, "the vCPUs run on a CPU each");
	else
		return true;
	return false;
}

/*
 * A round is two switches and everything between them: each side sends its SGI, waits in WFI, is
 * woken by the other's SGI, acknowledges it and ends it. So a switch contains one write of
 * ICC_SGI1R_EL1, one WFI, and ten instructions of the guest.
 */
void path_switch(struct series *series)
{
	uint64_t rounds = series->n / 2 ? series->n / 2 : 1;

	if (!can_switch(series))
		return;
	series->n = 2 * rounds;
	pair_begin(pair_run_answer);
	while (series->count < series->batches)
		series_add(series, (int64_t)measure_loop(loop_ping, rounds, sgi_to(0, 1), 0, 0));
	pair_end();
	series_print(series);
}

/*
 * Two vCPUs only spin. All time that is in neither vCPU's rounds was spent on switching. Gaps of
 * the first vCPU in which the second did not run are subtracted. A batch begins and ends when the
 * first vCPU has just got the CPU, so the second one's rounds do not change meanwhile.
 */
static int64_t switched(uint64_t turns)
{
	struct watched watched;
	uint64_t out = (uintptr_t)&watched, before, all, own, other;

	before = pair_spins();
	all = measure_loop(loop_watch, turns, (uintptr_t)&pair, GAP_TICKS, out);
	other = (pair_spins() - before) * PAIR_SPIN_PER_ROUND;
	own = WATCH_ONCE + watched.rounds * WATCH_PER_ROUND + turns * WATCH_PER_TURN +
	      watched.others * WATCH_PER_OTHER;
	return (int64_t)(all - own - other - instructions_of(watched.other_ticks));
}

void path_switch_steal(struct series *series)
{
	uint64_t turns = series->n / 2 ? series->n / 2 : 1;

	if (!can_switch(series))
		return;
	series->n = 2 * turns;
	pair_begin(pair_run_spin);
	switched(1);
	while (series->count < series->batches)
		series_add(series, switched(turns));
	pair_end();
	series_print(series);
}
