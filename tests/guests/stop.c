/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stop for good, without SYSTEM_OFF. With the word off, every CPU calls CPU_OFF; with wfi, it
 * executes a WFI that nothing can end; with suspend, it calls CPU_SUSPEND, which nothing can end
 * either; with spin, it spins instead of stopping. With late, CPU 0 stops 10 ms after the others.
 * With timer, CPU 0 has used and stopped a timer before; its interrupt was pending and masked, and
 * was never taken, so it cannot wake the CPU.
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
		else /* many instructions that take QEMU little time, as in spin.c */
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
