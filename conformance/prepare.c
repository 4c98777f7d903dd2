/* SPDX-License-Identifier: BSD-2-Clause */
#include "prepare.h"
#include "guest/board.h"
#include "guest/gic.h"
#include "guest/psci.h"
#include "suite.h"

#define START_MS 2000
#define SPIN_US	 40000

static void do_nothing(void *arg)
{
	(void)arg;
}

bool every_structure(void)
{
	bool all = true;

	for (unsigned i = 1; i < cpu_count(); i++) {
		if (!suite.ipa[i] && !on_cpu_run(i, do_nothing, NULL, START_MS))
			return false;
	}
	for (unsigned i = 0; i < cpu_count(); i++)
		all = check(suite.ipa[i] != 0, "CPU %u: PV_TIME_ST gives no address", i) && all;
	return all;
}

static void read_first(void *arg)
{
	struct reading *reading = arg;

	if (structure_of(cpu_self()->index))
		*reading = gaps_read();
}

bool first_reading(unsigned index, struct reading *reading)
{
	return on_cpu_run(index, read_first, reading, START_MS) &&
	       check(suite.ipa[index] != 0, "CPU %u: PV_TIME_ST gives no address", index);
}

bool can_be_stolen(uint64_t ns, uint64_t ticks)
{
	return ns <= ns_of(ticks) + gaps_rounding_ns(ticks);
}

static void spin_each(unsigned index)
{
	(void)index;
	spin_us(SPIN_US);
}

static bool any_value(void)
{
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (stolen_ns(i))
			return true;
	}
	return false;
}

bool any_stolen(void)
{
	return any_value() || (on_all_run(spin_each, cpu_count() * START_MS) && any_value());
}

bool somebody_waits(void)
{
	if (any_stolen())
		return true;
	skip("nothing was stolen from any vCPU: give the VM a competitor on its CPUs");
	return false;
}

int64_t suspend_us(uint64_t us)
{
	uint64_t end = counter_virtual() + ticks_of_us(us);
	int64_t result = 0;

	gic_enable(board.vtimer);
	timer_set(TIMER_VIRTUAL, end);
	while (!result && counter_virtual() < end)
		result = psci_cpu_suspend();
	timer_stop(TIMER_VIRTUAL);
	return result;
}

/*
 * Twice, with an access that enters the hypervisor in between: a hypervisor may hold back an
 * interrupt that was raised again while it was pending, until the first one has been handled.
 */
void take_interrupts(void)
{
	for (unsigned i = 0; i < 2; i++) {
		(void)gic_pending(board.vtimer);
		irq_enable();
		isb();
		irq_disable();
	}
}
