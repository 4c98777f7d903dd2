/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Print until until_ms=MS of the virtual counter, a number on each line, so that whoever interrupts
 * the machine finds it at that:
 *
 *	PRINT N;
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/start.h"
#include "guest/timer.h"

int main(void)
{
	uint64_t end = timer_ticks(board_arg("until_ms", 1000));

	for (unsigned n = 0; counter_virtual() < end; n++)
		console_print("PRINT %u;\n", n);
	return 0;
}
