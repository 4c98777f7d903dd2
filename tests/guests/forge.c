/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spin on one CPU until the virtual counter reaches until_ms=MS. After half of that time, write
 * write=NUMBER to the stolen time in this guest's own structure, and print the stolen time
 * before the write, right after it, and at the end:
 *
 *	FORGE refused=0|1 before_ns=NS after_ns=NS end_ns=NS
 *
 * refused is 1 if the write took a fault.
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

/* Read the structure directly: the library would reject a number that goes back. */
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
