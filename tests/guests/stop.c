/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stop for good, and without SYSTEM_OFF: by CPU_OFF on every CPU with the word off; by a WFI that
 * nothing can end with the word wfi; by CPU_SUSPEND likewise with suspend; with spin not at all.
 * The word late brings CPU 0 to that last, 10 ms later; with timer it has then stopped a timer
 * whose interrupt was pending, masked, and never taken: nothing that could wake it, either.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/cpu.h"
#include "guest/psci.h"
#include "guest/start.h"
#include "guest/timer.h"

static void stop(void *arg)
{
	(void)arg;
	if (board_has_arg("off"))
		psci_cpu_off();
	for (;;) {
		if (board_has_arg("wfi"))
			__asm__ volatile("dsb sy\n\twfi" : : : "memory");
		else if (board_has_arg("suspend"))
			psci_cpu_suspend();
		else /* many instructions that cost QEMU little, as in spin.c */
			__asm__ volatile(".rept 4000\n nop\n .endr");
	}
}

int main(void)
{
	uint64_t end = counter_virtual() + timer_ticks(10);

	console_print("STOP\n");
	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_start(i, stop, NULL);
	while (board_has_arg("late") && counter_virtual() < end)
		;
	if (board_has_arg("timer"))
		timer_sleep_until(counter_virtual() + timer_ticks(10));
	stop(NULL);
	return 0;
}
