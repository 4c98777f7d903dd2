/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts, from their cause to the first instruction of the guest's vector. */
#include "guest/board.h"
#include "guest/gic.h"
#include "guest/timer.h"
#include "pair.h"
#include "paths.h"

/*
 * From setting the timer to its deadline. In WFI, the wait has to exceed the time for which KVM
 * polls before it puts the vCPU's thread to sleep, 500 us by default.
 */
#define RUNNING_US 200u
#define IDLE_US	   2000u

/* Instructions of the loops in loops.S. */
#define SEND_ONCE      2u
#define SEND_PER_WAIT  5u
#define SEND_SELF_ONCE 8u

unsigned timer_wait(struct stamp *stamp, uint64_t deadline, bool idle);

/* One interrupt: instructions from the deadline to the vector's first instruction. */
static int64_t timer_late(bool idle)
{
	uint64_t ahead = timer_ticks(idle ? IDLE_US : RUNNING_US) / 1000, deadline;
	struct stamp stamp;

	do {
		deadline = counter_virtual() + ahead;
	} while (timer_wait(&stamp, deadline, idle) != board.vtimer);
	return (int64_t)(stamp_instructions(&stamp) - instructions_of(deadline));
}

static void measure_timer(struct series *series, bool idle)
{
	if (board.gic_version != 3) {
		series_skip(series, "there is no GICv3");
		return;
	}
	use_vectors(timer_vectors);
	gic_enable(board.vtimer);
	while (series->count < series->batches) {
		int64_t sum = 0;

		for (uint64_t i = 0; i < series->n; i++)
			sum += timer_late(idle);
		series_add(series, sum);
	}
	gic_disable(board.vtimer);
	use_vectors(vectors);
	series_print(series);
}

void path_wfi_timer(struct series *series)
{
	measure_timer(series, false);
}

void path_timer_idle(struct series *series)
{
	measure_timer(series, true);
}

/*
 * An emulator that counts instructions runs its CPUs in turns, so the time from sending the SGI to
 * taking it contains whole turns of both vCPUs. But its clock is the sum of all instructions on all
 * CPUs. This subtracts the rounds in which the sender waited and those in which the receiver spun.
 * What is left was executed for the interrupt on either CPU, in the hypervisor and in the guest.
 * The method does not show how much of that could run in parallel.
 */
static int64_t sent(uint64_t n)
{
	uint64_t waits, all, begin = pair_spins();

	all = measure_loop(loop_send, n, (uintptr_t)&pair, sgi_to(0, 1), (uintptr_t)&waits);
	return (int64_t)(all - SEND_ONCE - waits * SEND_PER_WAIT -
			 (pair_spins() - begin) * PAIR_RECEIVE_PER_ROUND);
}

void path_ipi(struct series *series)
{
	if (board.gic_version != 3) {
		series_skip(series, "there is no GICv3");
		return;
	}
	if (pair_place() != PAIR_APART) {
		series_skip(series, pair_place() == PAIR_ALONE ? "there is one vCPU only"
							       : "the vCPUs share a CPU");
		return;
	}
	pair_begin(pair_run_receive);
	while (series->count < series->batches)
		series_add(series, sent(series->n));
	pair_end();
	series_print(series);
}

/* The same on one CPU: the sender is the receiver. */
void path_ipi_one_cpu(struct series *series)
{
	if (board.gic_version != 3) {
		series_skip(series, "there is no GICv3");
		return;
	}
	use_vectors(sgi_vectors);
	while (series->count < series->batches)
		series_add(series, (int64_t)(measure_loop(loop_send_self, series->n,
							  (uintptr_t)&pair, sgi_to(0, 0), 0) -
					     SEND_SELF_ONCE));
	use_vectors(vectors);
	series_print(series);
}
