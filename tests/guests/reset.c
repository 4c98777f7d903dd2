/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SYSTEM_RESET resets memory, vCPUs and stolen time, and nothing else. A boot before the
 * virtual counter reaches reset_ms=MS spins until then, or sleeps with the word idle, and resets. A
 * boot after that prints BOOT and powers off. With the word for_ever, each boot resets at once.
 * Where time is real, reset_ms must be large enough for the first boot to come before it on any
 * machine:
 *
 *	BOOT stolen_ns=NS bss=N     bss: a variable to which each boot adds 1
 *	RESET stolen_ns=NS
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/psci.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"

static unsigned boots;

int main(void)
{
	uint64_t end = timer_ticks(board_arg("reset_ms", 500));
	bool again = counter_virtual() < end;
	int error = pvtime_register();

	if (board_has_arg("for_ever"))
		psci_system_reset();
	if (error) {
		console_print("Bail out! %s\n", pvtime_error_text(error));
		return 1;
	}
	console_print("BOOT stolen_ns=%lu bss=%u\n", pvtime_guest_stolen_ns(pvtime_cpu()), ++boots);
	if (!again)
		return 0;
	if (board_has_arg("idle"))
		timer_sleep_until(end);
	while (counter_virtual() < end)
		;
	console_print("RESET stolen_ns=%lu\n", pvtime_guest_stolen_ns(pvtime_cpu()));
	psci_system_reset();
	console_print("Bail out! SYSTEM_RESET returned\n");
	return 1;
}
