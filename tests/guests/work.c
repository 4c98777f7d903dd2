/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work for ms=MS of the virtual counter, in rounds with the same number of instructions each. Then
 * print the number of rounds, the time that they took, and how much of that time was stolen:
 *
 *	WORK rounds=N ns=NS stolen_ns=NS
 *
 * In the time that was not stolen, this vCPU ran. So the rounds in each second of that time do not
 * depend on other VMs, except for the cost of switches between vCPUs.
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
