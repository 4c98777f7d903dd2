/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TAP: the clock of the soft lockup detector, and what the buddy hard lockup detector asks, in
 * ports/linux: on a machine in which CPUs may be kept waiting at any instant, for any time.
 */
#include "ports/linux/linux/arch/arm64/kernel/running_clock.c"
#include "ports/linux/linux/kernel/watchdog_steal.c"
#include "tests/tap.h"

#define MS	1000000ull
#define S	(1000 * MS)
#define ROUNDS	20000
#define CREDIT	40 /* ns that one reading takes at most */
#define READS	12 /* readings that one call makes at most */
#define SLACK	(CREDIT * READS)
#define PERIODS 3

int shim_cpu;
bool paravirt_steal_enabled;
int watchdog_thresh = 10;

/* The machine: the time, and for each CPU what was stolen and what is shown of it. */
static u64 now, stolen[SHIM_CPUS], shown_from[SHIM_CPUS];
static unsigned int wait_one_in; /* a CPU waits at one of so many readings; 0 for none */
static bool endless;		 /* the hypervisor adds to the stolen time at each reading */
static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* Time passes, in which these CPUs are kept waiting; the CPU that reads knows no gap. */
static void wait_for(u64 ns, bool first, bool second)
{
	now += ns;
	stolen[0] += first ? ns : 0;
	stolen[1] += second ? ns : 0;
}

/* Less than `below` pass, and each CPU waits, but for one time in so many. */
static void wait_some(u64 below, uint32_t first, uint32_t second)
{
	u64 ns = any((uint32_t)(below / MS)) * MS;
	bool one = first == 0 || any(first) != 0;
	bool other = second == 0 || any(second) != 0;

	wait_for(ns, one, other);
}

/* Somebody reads: a little time passes, and the reader may be kept waiting, as the other may. */
static void disturb(void)
{
	now += 1 + any(CREDIT / 2 - 1);
	if (wait_one_in && any(wait_one_in) == 0)
		wait_some(3 * S, shim_cpu == 0 ? 0 : 2, shim_cpu == 1 ? 0 : 2);
}

static u64 reading(const u64 *clock)
{
	u64 value;

	disturb();
	value = *clock;
	disturb();
	return value;
}

u64 local_clock(void)
{
	return reading(&now);
}

u64 ktime_get_mono_fast_ns(void)
{
	return reading(&now);
}

u64 paravirt_steal_clock(int cpu)
{
	if (endless)
		wait_for(MS, true, true);
	return reading(&stolen[cpu]) - shown_from[cpu];
}

static void machine(u64 begin, unsigned int waits)
{
	now = begin;
	for (int cpu = 0; cpu < SHIM_CPUS; cpu++) {
		stolen[cpu] = shown_from[cpu] = 0;
		running_clock_last[cpu] = (struct running){0};
		watchdog_steal_interrupt[cpu] = watchdog_steal_touch[cpu] = (struct steal_at){0};
	}
	shim_cpu = 0;
	wait_one_in = waits;
	endless = false;
	paravirt_steal_enabled = true;
}

/* The time that the CPU has had since the machine began at 0. */
static u64 own(int cpu)
{
	return now - stolen[cpu];
}

static void plain(void)
{
	u64 clock;

	machine(5 * S, 0);
	paravirt_steal_enabled = false;
	clock = running_clock();
	tap_ok(clock >= 5 * S && clock <= now, "without stolen time it is the local clock");
	paravirt_steal_enabled = true;
	clock = running_clock();
	tap_ok(clock >= 5 * S && clock <= now, "it goes on from there when there is stolen time");
}

/* Between any two calls, and inside of them, CPUs wait. */
static void contended(void)
{
	unsigned int back = 0, ahead = 0, behind = 0;
	u64 last = 0, excess = SLACK;

	machine(0, 50);
	running_clock();
	for (int i = 0; i < ROUNDS; i++) {
		u64 before = own(0), clock = running_clock();

		back += clock < last;
		behind += clock + SLACK < before;
		if (clock > own(0) + excess) {
			ahead++;
			excess = clock - own(0) + SLACK;
		}
		last = clock;
		wait_some(400 * MS, 2, 2);
	}
	tap_ok(stolen[0] > now / 3, "the CPU is kept waiting for %llu of %llu s",
	       (unsigned long long)(stolen[0] / S), (unsigned long long)(now / S));
	tap_ok(back == 0, "it never goes back");
	/* A wait in each of four samples in a row is taken for running, and stays. */
	tap_ok(ahead <= 4, "it gets ahead of the time that the CPU had in %u of %d calls", ahead,
	       ROUNDS);
	tap_ok(behind == 0, "it is never behind");
}

/* What is not a part of the local clock: from before it began, and a counter that begins anew. */
static void steps(void)
{
	u64 first, second, third;

	machine(10 * S, 0);
	shown_from[0] = stolen[0] = 0;
	first = running_clock();
	stolen[0] = 1000 * S; /* the structure is found: a kexec, or a slow firmware */
	now += 4 * S;
	second = running_clock();
	tap_ok(second >= first && second - first <= 4 * S + SLACK,
	       "a structure with more than the local clock has costs a period at most");
	now += 4 * S;
	third = running_clock();
	tap_ok(third - second >= 4 * S && third - second <= 4 * S + SLACK,
	       "from then on the clock runs");
	shown_from[0] = stolen[0]; /* from 1000 s to 0 */
	now += 4 * S;
	second = running_clock();
	tap_ok(second - third >= 4 * S && second - third <= 4 * S + SLACK,
	       "a counter that begins at 0 again does no harm");
	wait_for(7 * S, true, false);
	third = running_clock();
	tap_ok(third - second <= SLACK, "what is stolen after that is left out");
	endless = true;
	second = running_clock();
	tap_ok(second >= third, "a counter that never stands still does not hold the caller");
}

/* CPU 1 has its interrupt. Return what it has had until then, as it seems to the watchdog. */
static u64 take_interrupt(unsigned int waits)
{
	u64 begin;

	machine(any(1000) * S, waits);
	stolen[1] = any(1000) * S;
	shim_cpu = 1;
	watchdog_steal_restart();
	begin = own(1);
	shim_cpu = 0;
	wait_for(1 + any(100), false, true);
	return begin;
}

/*
 * CPU 0 asks about CPU 1 at many instants, until that has had the time. Where nobody waits during
 * the question, the answer is exact.
 */
static void buddy(void)
{
	unsigned int early = 0, late = 0, never = 0, inexact = 0;
	const u64 enough = PERIODS * 4 * S - 2 * S; /* half a period less */

	for (int i = 0; i < ROUNDS / 20; i++) {
		u64 begin = take_interrupt(12);
		bool had = false, exact = true;

		wait_one_in = i % 2 ? 12 : 0;
		for (int look = 0; !had && look < 10000; look++) {
			u64 before = own(1) - begin;

			had = watchdog_steal_had_time(1, PERIODS);
			early += had && own(1) - begin + SLACK < enough;
			exact = exact && (had || before <= enough + SLACK);
			late += !had && before > enough + 13 * S;
			wait_some(S, 2, 8);
		}
		never += !had;
		inexact += !exact && !wait_one_in;
	}
	tap_ok(early == 0, "no CPU is judged before it has had the time");
	tap_ok(late == 0 && never == 0, "every CPU is judged some time after it has had the time");
	/* Four disturbed samples in a row make the interrupt seem later than it was. */
	tap_ok(inexact <= ROUNDS / 20 / 50, "%u of %d CPUs are judged late", inexact, ROUNDS / 20);

	machine(5 * S, 0);
	shim_cpu = 1;
	watchdog_steal_restart();
	shim_cpu = 0;
	tap_ok(watchdog_steal_had_time(1, PERIODS),
	       "a CPU from which nothing was stolen is judged as before");
	stolen[1] += 1;
	tap_ok(!watchdog_steal_had_time(1, PERIODS), "one from which something was stolen is not");
	watchdog_steal_interrupt[1].at = now + S;
	tap_ok(!watchdog_steal_had_time(1, PERIODS),
	       "an interrupt that seems to come later than now is no miss");
	now += 100 * S;
	stolen[1] += 90 * S;
	tap_ok(!watchdog_steal_had_time(1, PERIODS),
	       "after less than 10 of 100 s it has not had 12");
	now += 4 * S;
	tap_ok(watchdog_steal_had_time(1, PERIODS), "after 13 it has");
	paravirt_steal_enabled = false;
	tap_ok(watchdog_steal_had_time(1, PERIODS), "without stolen time it is judged as before");
}

/*
 * CPU 1 spends 20 s with interrupts off, and calls touch_nmi_watchdog() all the time. Then it is
 * kept waiting.
 */
static void touches(void)
{
	machine(5 * S, 0);
	shim_cpu = 1;
	watchdog_steal_restart();
	shim_cpu = 0;
	wait_for(20 * S, false, false);
	watchdog_steal_touched(1);
	wait_for(60 * S, false, true);
	tap_ok(!watchdog_steal_had_time(1, 1), "a CPU that has touched its watchdog begins again");
	wait_for(PERIODS * 4 * S - SLACK, false, false);
	tap_ok(watchdog_steal_had_time(1, PERIODS), "it is judged after the same time as others");

	shim_cpu = 1;
	watchdog_steal_restart();
	shim_cpu = 0;
	wait_for(S, false, true);
	tap_ok(!watchdog_steal_had_time(1, 1), "an interrupt after that counts, and not the touch");
}

int main(void)
{
	plain();
	contended();
	steps();
	buddy();
	touches();
	return tap_done();
}
