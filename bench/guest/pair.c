/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include "guest/console.h"
#include "guest/cpu.h"
#include "guest/gic.h"
#include "guest/psci.h"
#include "guest/timer.h"
#include "pair.h"

#define SGI_STOP 1u

#define PATIENCE_MS   4000u
#define PLACE_TRIES   3u
#define PLACE_TURNS   8u /* CPU 1 has to run this many rounds within: */
#define PLACE_US      400u
#define PLACE_WAIT_MS 50u

struct pair pair;

static void (*running)(void);
static uint64_t here; /* CPU 1 has started */

void use_vectors(const char *table)
{
	sysreg_write("vbar_el1", (uintptr_t)table);
	isb();
}

uint64_t sgi_to(unsigned intid, unsigned cpu)
{
	uint64_t mpidr = cpus[cpu].mpidr, aff0 = mpidr & 0xff, aff1 = mpidr >> 8 & 0xff,
		 aff2 = mpidr >> 16 & 0xff, aff3 = mpidr >> 32 & 0xff;

	return 1ull << aff0 % 16 | aff1 << 16 | (uint64_t)intid << 24 | aff2 << 32 |
	       aff0 / 16 << 44 | aff3 << 48;
}

uint64_t pair_spins(void)
{
	return __atomic_load_n(&pair.spins, __ATOMIC_RELAXED);
}

void pair_run_spin(void)
{
	pair_spin(&pair);
}

void pair_run_receive(void)
{
	pair_receive(&pair);
}

void pair_run_answer(void)
{
	pair_answer(sgi_to(0, 0));
}

static void run(void *arg)
{
	(void)arg;
	use_vectors(sgi_vectors);
	__atomic_store_n(&here, 1, __ATOMIC_RELEASE);
	running();
	use_vectors(vectors);
}

static _Noreturn void bail_out(const char *what)
{
	console_print("Bail out! CPU 1: %s\n", what);
	psci_system_off();
}

void pair_begin(void (*fn)(void))
{
	uint64_t end = counter_virtual() + timer_ticks(PATIENCE_MS);

	pair = (struct pair){0};
	here = 0;
	running = fn;
	if (cpu_start(1, run, NULL) != PSCI_SUCCESS)
		bail_out("CPU_ON failed");
	while (!__atomic_load_n(&here, __ATOMIC_ACQUIRE)) {
		if (counter_virtual() > end)
			bail_out("it did not start in time");
		cpu_relax();
	}
}

/* Store `stop` and send an SGI, because CPU 1 waits for one or the other. */
void pair_end(void)
{
	__atomic_store_n(&pair.stop, 1, __ATOMIC_RELEASE);
	gic_send_sgi(SGI_STOP, cpus[1].mpidr);
	if (!cpu_wait_off(1, PATIENCE_MS))
		bail_out("it did not stop in time");
}

/* Wait until CPU 1 has run another round; false: it has not by `end`. */
static bool wait_turn(uint64_t end)
{
	uint64_t before = pair_spins();

	while (pair_spins() == before) {
		if (counter_virtual() > end)
			return false;
		cpu_relax();
	}
	return true;
}

/*
 * Whether the vCPUs run on CPUs of their own. On two CPUs, or in an emulator that runs its CPUs in
 * turns and ends a turn at YIELD, the turns are a few instructions long. On one physical CPU they
 * are time slices long, because no hypervisor traps YIELD.
 */
static bool seen_apart(void)
{
	uint64_t end;

	if (!wait_turn(counter_virtual() + timer_ticks(PATIENCE_MS)))
		bail_out("it has started, but does not run");
	end = counter_virtual() + timer_ticks(PLACE_US) / 1000;
	for (unsigned i = 0; i < PLACE_TURNS; i++) {
		if (!wait_turn(end))
			return false;
	}
	return true;
}

/* A hypervisor may start both vCPUs on one CPU, and gets some time to separate them. */
enum pair_place pair_place(void)
{
	static enum pair_place place;
	bool apart;

	if (place != PAIR_ALONE || cpu_count() < 2)
		return place;
	pair_begin(pair_run_receive);
	apart = seen_apart();
	for (unsigned i = 1; i < PLACE_TRIES && !apart; i++) {
		timer_sleep_until(counter_virtual() + timer_ticks(PLACE_WAIT_MS));
		apart = seen_apart();
	}
	pair_end();
	place = apart ? PAIR_APART : PAIR_SHARE;
	return place;
}
