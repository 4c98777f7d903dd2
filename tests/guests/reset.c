/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SYSTEM_RESET starts memory, vCPUs and stolen time afresh, and nothing else. A boot before
 * reset_ms=MS of the virtual counter spins until then, or sleeps with the word idle, and resets;
 * one after it says so and powers off. With the word for_ever each boot resets at once. In real
 * time the first boot has to be before it on any machine:
 *
 *	BOOT stolen_ns=NS bss=N     bss: of a variable that each boot adds 1 to
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
