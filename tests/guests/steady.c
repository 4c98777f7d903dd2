/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Until until_ms=MS of the virtual counter, look at it and at stolen time all the while: neither
 * goes back, and no more is stolen between two looks than passes between them. So it is whatever
 * happens to the VM meanwhile, be it saved and restored.
 *
 *	STEADY begin
 *	STEADY looks=N stolen_ns=NS back=N counter_back=N over_ns=NS
 *
 * over_ns: the most that was stolen beyond what passed.
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
