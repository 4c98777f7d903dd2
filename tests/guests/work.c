/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work for ms=MS of the virtual counter, in rounds that each take the same number of instructions,
 * and say how many rounds that were, how long it took, and what of that was stolen:
 *
 *	WORK rounds=N ns=NS stolen_ns=NS
 *
 * What was not stolen was this vCPU's own, so the rounds in a second of it are the same whoever
 * else is there, but for what a switch from one vCPU to another costs.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"

int main(void)
{
	struct pvtime_sample begin, end;
	uint64_t ticks = timer_ticks(board_arg("ms", 50)), rounds = 0;
	int error = pvtime_register();

	if (error) {
		console_print("Bail out! %s\n", pvtime_error_text(error));
		return 1;
	}
	begin = pvtime_sample();
	do {
		for (unsigned i = 0; i < 50; i++)
			__asm__ volatile(".rept 120\n nop\n .endr" : : "r"(i));
		rounds++;
	} while (counter_virtual() - begin.counter < ticks);
	end = pvtime_sample();
	console_print("WORK rounds=%lu ns=%lu stolen_ns=%lu\n", rounds,
		      pvtime_ticks_to_ns(end.counter - begin.counter, timer_frequency()),
		      end.stolen_ns - begin.stolen_ns);
	return 0;
}
