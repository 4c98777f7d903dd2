/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Print a number on each line until the virtual counter reaches until_ms=MS, so that a snapshot at
 * any time interrupts the printing:
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
