/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spin until until_ms=MS of the virtual counter, on one CPU, and after half of it write
 * write=NUMBER into the own structure's counter of stolen time:
 *
 *	FORGE refused=0|1 before_ns=NS after_ns=NS end_ns=NS
 *
 * before the write, right after it, and in the end.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/exception.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"

static void spin_until(uint64_t end)
{
	while (counter_virtual() < end)
		;
}

/* What is there, which the library would not believe. */
static uint64_t stolen(void)
{
	const struct pvtime_stolen *s = (const struct pvtime_stolen *)(uintptr_t)pvtime_ipa();

	return le64(__atomic_load_n(&s->stolen_ns, __ATOMIC_RELAXED));
}

int main(void)
{
	uint64_t begin = counter_virtual(), ticks = timer_ticks(board_arg("until_ms", 1000));
	int error = pvtime_register();

	if (error) {
		console_print("Bail out! %s\n", pvtime_error_text(error));
		return 1;
	}
	spin_until(begin + ticks / 2);
	uint64_t before = stolen();
	struct fault f = fault_write(pvtime_ipa() + 8, 8, board_arg("write", 0));
	uint64_t after = stolen();
	spin_until(begin + ticks);
	console_print("FORGE refused=%u before_ns=%lu after_ns=%lu end_ns=%lu\n", (unsigned)f.taken,
		      before, after, stolen());
	return 0;
}
