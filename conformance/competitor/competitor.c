/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that competes for the CPU: it spins on all its vCPUs, for ever or, with the word ms=N,
 * for N ms of the virtual counter, and then powers off. With burst_us=B idle_us=I it spins and
 * sleeps by turns, for pseudo-random times of up to B and I, so that other guests wait for
 * different times. seed=N varies these times.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/cpu.h"
#include "guest/start.h"
#include "guest/timer.h"

static uint64_t ticks_of_us(uint64_t us)
{
	return timer_frequency() * us / 1000000;
}

/* splitmix64 */
static uint64_t random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* A random moment 1 to `most` ticks from now, but not after `end`. */
static uint64_t moment(uint64_t *state, uint64_t most, uint64_t end)
{
	uint64_t when = counter_virtual() + 1 + random(state) % most;

	return when < end ? when : end;
}

/* Reads the counter rarely: an emulator that counts instructions makes readings expensive. */
static void spin_until(uint64_t deadline)
{
	while (counter_virtual() < deadline)
		__asm__ volatile(".rept 512\n\tnop\n\t.endr");
}

static void compete(void *arg)
{
	uint64_t end = *(const uint64_t *)arg;
	uint64_t burst = ticks_of_us(board_arg("burst_us", 0));
	uint64_t idle = ticks_of_us(board_arg("idle_us", 0));
	uint64_t state = board_arg("seed", 1) + cpu_self()->index;

	if (!burst || !idle) {
		spin_until(end);
		return;
	}
	while (counter_virtual() < end) {
		spin_until(moment(&state, burst, end));
		timer_sleep_until(moment(&state, idle, end));
	}
}

int main(void)
{
	static uint64_t end;

	end = board_has_arg("ms") ? counter_virtual() + timer_ticks(board_arg("ms", 0))
				  : UINT64_MAX;
	console_print("# competitor on %u vCPUs: %s\n", cpu_count(), board.bootargs);
	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_start(i, compete, &end);
	compete(&end);
	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_wait_off(i, 1000);
	return 0;
}
