/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Idle for ms= milliseconds (default 1000) in steps of step_ms= (10), by WFI; with the word psci,
 * by PSCI CPU_SUSPEND; with the word physical, by CPU_SUSPEND and the physical timer. Idle time is
 * not stolen: stolen time may grow by at most max_ns= (0).
 */
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/gic.h"
#include "guest/psci.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"

static bool suspend_until(enum timer timer, uint64_t deadline)
{
	bool physical = timer == TIMER_PHYSICAL, ok = true;

	gic_enable(physical ? board.ptimer : board.vtimer);
	timer_set(timer, physical ? deadline - counter_virtual() + counter_physical() : deadline);
	while (counter_virtual() < deadline)
		ok = psci_cpu_suspend() == PSCI_SUCCESS && ok;
	timer_stop(timer);
	return ok;
}

int main(void)
{
	uint64_t ms = board_arg("ms", 1000), step = board_arg("step_ms", 10);
	int error = pvtime_register();
	uint64_t begin = counter_virtual(), before = pvtime_guest_stolen_ns(pvtime_cpu()), grown;
	bool physical = board_has_arg("physical"), psci = board_has_arg("psci") || physical;
	bool ok = true;

	for (uint64_t t = step; t <= ms; t += step) {
		if (psci)
			ok = suspend_until(physical ? TIMER_PHYSICAL : TIMER_VIRTUAL,
					   begin + timer_ticks(t)) &&
			     ok;
		else
			timer_sleep_until(begin + timer_ticks(t));
	}
	grown = pvtime_guest_stolen_ns(pvtime_cpu()) - before;
	tap_ok(ok, "every CPU_SUSPEND returns SUCCESS");
	tap_ok(counter_virtual() - begin >= timer_ticks(ms / step * step),
	       "the steps of %lu ms take at least their time", ms);
	if (error)
		tap_skip("%s", pvtime_error_text(error));
	else
		tap_ok(grown <= board_arg("max_ns", 0), "idle time is not stolen (%lu ns)", grown);
	tap_print("IDLE stolen_ns=%lu grown_ns=%lu\n", pvtime_guest_stolen_ns(pvtime_cpu()), grown);
	return tap_done();
}
