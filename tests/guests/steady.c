/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Until the virtual counter reaches until_ms=MS, read it and the stolen time continuously. Neither
 * may go back, and no more time may be stolen between two reads than passes between them, even if
 * the VM is saved and restored meanwhile.
 *
 *	STEADY begin
 *	STEADY looks=N stolen_ns=NS back=N counter_back=N over_ns=NS
 *
 * looks: the number of reads. back, counter_back: how often stolen time or the counter went back.
 * over_ns: the largest excess of stolen time over the time that passed between two reads.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"

int main(void)
{
	uint64_t end = timer_ticks(board_arg("until_ms", 1000)), looks = 0, over = 0;
	unsigned back = 0, counter_back = 0;
	struct pvtime_sample last, now;
	int error = pvtime_register();

	if (error) {
		console_print("Bail out! %s\n", pvtime_error_text(error));
		return 1;
	}
	console_print("STEADY begin\n");
	for (last = pvtime_sample(); last.counter < end; last = now, looks++) {
		now = pvtime_sample();
		back += now.stolen_ns < last.stolen_ns;
		counter_back += now.counter < last.counter;
		uint64_t stolen = now.stolen_ns - last.stolen_ns;
		uint64_t passed = pvtime_ticks_to_ns(now.counter - last.counter, timer_frequency());
		if (stolen > passed && stolen - passed > over)
			over = stolen - passed;
	}
	console_print("STEADY looks=%lu stolen_ns=%lu back=%u counter_back=%u over_ns=%lu\n", looks,
		      last.stolen_ns, back, counter_back, over);
	return 0;
}
