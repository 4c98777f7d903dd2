/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last CPU spins. For ms= (2000) milliseconds, the first CPU reads the last CPU's structure
 * every poll_us= (1000) microseconds, as a watchdog would, and prints:
 *
 *	REFRESH changes=N gap_us=N poll_us=N stolen_ns=NS back=N
 *
 * gap_us: the longest time without a change. poll_us: the longest time between two reads, by which
 * gap_us may be too long. back: how often the value went back.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/cpu.h"
#include "guest/psci.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"
#include <pvtime/abi.h>

static const struct pvtime_stolen *watched;

static void spin(void *arg)
{
	(void)arg;
	if (!pvtime_register())
		__atomic_store_n(&watched, (const struct pvtime_stolen *)(uintptr_t)pvtime_ipa(),
				 __ATOMIC_RELEASE);
	for (;;)
		__asm__ volatile("" : : : "memory");
}

static uint64_t look(void)
{
	return le64(__atomic_load_n(&watched->stolen_ns, __ATOMIC_ACQUIRE));
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t us(uint64_t ticks)
{
	return ticks * 1000000 / timer_frequency();
}

static void watch(uint64_t end, uint64_t step)
{
	uint64_t changes = 0, back = 0, gap = 0, poll = 0, last = look(), first = last;
	uint64_t now = counter_virtual(), changed = now;

	while (now < end) {
		uint64_t before = now, value;

		timer_sleep_until(before + step);
		now = counter_virtual();
		value = look();
		poll = max(poll, now - before);
		gap = max(gap, now - changed);
		if (value != last) {
			changes++;
			back += value < last;
			changed = now;
			last = value;
		}
	}
	console_print("REFRESH changes=%lu gap_us=%lu poll_us=%lu stolen_ns=%lu back=%lu\n",
		      changes, us(gap), us(poll), last - first, back);
}

int main(void)
{
	unsigned last = cpu_count() - 1;
	uint64_t end = timer_ticks(board_arg("ms", 2000));
	uint64_t step = timer_frequency() * board_arg("poll_us", 1000) / 1000000;

	if (last == 0 || pvtime_register() || cpu_start(last, spin, NULL) != PSCI_SUCCESS)
		return 1;
	while (!__atomic_load_n(&watched, __ATOMIC_ACQUIRE))
		timer_sleep_until(counter_virtual() + step);
	watch(counter_virtual() + end, step);
	return 0;
}
