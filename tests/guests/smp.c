/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU_ON turns every CPU on. The CPUs exchange SGIs, call CPU_OFF, and are turned on again. A CPU's
 * stolen time is no less after that than before.
 */
#include <tests/tap.h>
#include "guest/cpu.h"
#include "guest/gic.h"
#include "guest/psci.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"

#define WAIT_MS 10000u
#define SGI_TO	3u
#define SGI_ALL 15u

static unsigned came_up[CPU_MAX];
static unsigned received[CPU_MAX][GIC_MAX_SGI];
static uint64_t stolen_ns[CPU_MAX];
static bool went_back[CPU_MAX], finish;

static unsigned load(const unsigned *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

/* Wait until *p is at least `want`. Returns false after WAIT_MS. */
static bool reaches(const unsigned *p, unsigned want)
{
	uint64_t end = counter_virtual() + timer_ticks(WAIT_MS);

	while (load(p) < want) {
		if (counter_virtual() > end)
			return false;
	}
	return true;
}

static void on_irq(unsigned intid)
{
	if (intid < GIC_MAX_SGI)
		__atomic_fetch_add(&received[cpu_self()->index][intid], 1, __ATOMIC_RELEASE);
}

static void read_stolen(unsigned self)
{
	uint64_t now;

	if (pvtime_register())
		return;
	now = pvtime_guest_stolen_ns(pvtime_cpu());
	if (now < stolen_ns[self])
		went_back[self] = true;
	stolen_ns[self] = now;
}

/* A secondary CPU runs this each time it is turned on. */
static void secondary(void *arg)
{
	unsigned self = cpu_self()->index;

	(void)arg;
	read_stolen(self);
	irq_enable();
	__atomic_fetch_add(&came_up[self], 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&finish, __ATOMIC_ACQUIRE))
		__asm__ volatile("wfi" : : : "memory");
	irq_disable();
	read_stolen(self);
}

static void start_all(unsigned round)
{
	for (unsigned i = 1; i < cpu_count(); i++)
		tap_is_i64(cpu_start(i, secondary, NULL), PSCI_SUCCESS, "CPU_ON of CPU %u succeeds",
			   i);
	for (unsigned i = 1; i < cpu_count(); i++)
		tap_ok(reaches(&came_up[i], round), "CPU %u runs after CPU_ON", i);
}

static void exchange_sgis(unsigned round)
{
	for (unsigned i = 0; i < cpu_count(); i++) {
		gic_send_sgi(SGI_TO, cpus[i].mpidr);
		tap_ok(reaches(&received[i][SGI_TO], round),
		       "CPU %u receives an SGI that targets it", i);
	}
	gic_send_sgi_to_others(SGI_ALL);
	for (unsigned i = 1; i < cpu_count(); i++)
		tap_ok(reaches(&received[i][SGI_ALL], round),
		       "CPU %u receives CPU 0's SGI to all others", i);
	tap_is_u64(load(&received[0][SGI_ALL]), 0,
		   "CPU 0 does not receive its own SGI to all others");
}

static void stop_all(void)
{
	__atomic_store_n(&finish, true, __ATOMIC_RELEASE);
	gic_send_sgi_to_others(0); /* to wake them from WFI */
	for (unsigned i = 1; i < cpu_count(); i++)
		tap_ok(cpu_wait_off(i, WAIT_MS), "CPU %u is off after CPU_OFF", i);
	__atomic_store_n(&finish, false, __ATOMIC_RELEASE);
}

int main(void)
{
	int error = pvtime_register();
	uint64_t entry = (uint64_t)(uintptr_t)secondary_start;

	gic_set_handler(on_irq);
	irq_enable();
	for (unsigned round = 1; round <= 2; round++) {
		start_all(round);
		exchange_sgis(round);
		for (unsigned i = 0; i < cpu_count(); i++)
			tap_is_i64(psci_cpu_on(cpus[i].mpidr, entry, 0), PSCI_ALREADY_ON,
				   "CPU_ON of CPU %u, which is on, returns ALREADY_ON", i);
		stop_all();
	}
	tap_is_i64(psci_cpu_on(0x00ffffff, entry, 0), PSCI_INVALID_PARAMETERS,
		   "CPU_ON of a CPU that does not exist returns INVALID_PARAMETERS");
	for (unsigned i = 1; i < cpu_count(); i++) {
		if (error)
			tap_skip("%s", pvtime_error_text(error));
		else
			tap_ok(!went_back[i], "CPU %u's stolen time never goes back", i);
	}
	return tap_done();
}
