/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After SYSTEM_RESET the counter begins at 0. The boot after the reset cannot know the
 * values of the boot before it, because memory need not survive. Only the virtual counter
 * continues. So the case makes its reset at a multiple of reset_ms=MS of the virtual counter:
 *
 * - A boot before MS lets all vCPUs compete until just before the next multiple. If a quarter of MS
 *   or more was then stolen from one of them, it resets at the multiple.
 * - A boot after MS is the boot after the reset, which was at the last multiple.
 *
 * The second boot judges within an eighth of MS after the reset, or not at all. So a value that was
 * not zeroed is at least twice as large as the largest value allowed. Without competition the case
 * neither resets nor judges. The line "# resetting" tells the two boots apart in the report: a
 * verdict without that line comes from a machine whose counter did not begin near 0, and is
 * worthless.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/psci.h"
#include "prepare.h"
#include "suite.h"

#define START_MS 2000
#define TRIES	 4 /* multiples of MS */

static uint64_t period; /* MS in ticks */
static uint64_t spin_end;

static uint64_t last_multiple(uint64_t counter)
{
	return counter - counter % period;
}

static void spin_until_end(unsigned index)
{
	(void)index;
	while (counter_virtual() < spin_end)
		gaps_pass();
}

/* The largest counter of all vCPUs. */
static uint64_t most_stolen(void)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < cpu_count(); i++) {
		if (stolen_ns(i) > most)
			most = stolen_ns(i);
	}
	return most;
}

/* The first boot. Does not return if it resets. */
static void compete_and_reset(void)
{
	uint64_t most = 0, multiple = period;

	if (!every_structure())
		return;
	for (unsigned n = 0; n < TRIES; n++, multiple += period) {
		/*
		 * The rest is for each vCPU to wait for the others once more, and for CPU 0 to
		 * print, before the multiple.
		 */
		spin_end = multiple - period / 4;
		if (!on_all_run(spin_until_end, cpu_count() * START_MS))
			return;
		most = most_stolen();
		if (most >= ns_of(period / 4) && counter_virtual() + period / 16 < multiple)
			break;
	}
	if (most < ns_of(period / 4)) {
		skip("at most %lu ns were stolen from a vCPU in %lu ns: give the VM a competitor on its CPUs",
		     most, ns_of(counter_virtual()));
		return;
	}
	console_print("# resetting stolen_ns=%lu\n", most);
	while (counter_virtual() < multiple)
		;
	psci_system_reset();
	check(false, "SYSTEM_RESET returned");
}

static void judge_reset(void)
{
	uint64_t reset = last_multiple(suite.boot_counter);
	struct reading first = {suite.boot_counter, suite.boot_stolen_ns};

	for (unsigned i = 0; i < cpu_count(); i++) {
		uint64_t since;

		if (i && !first_reading(i, &first))
			return;
		since = first.counter - reset;
		if (since > period / 8) {
			skip("CPU %u started %lu ns after the reset, too late to judge: make reset_ms larger",
			     i, ns_of(since));
			return;
		}
		check(can_be_stolen(first.stolen_ns, since),
		      "CPU %u: %lu ns stolen %lu ns after the reset", i, first.stolen_ns,
		      ns_of(since));
		observe("CPU %u: %lu ns stolen %lu ns after the reset", i, first.stolen_ns,
			ns_of(since));
	}
}

void case_reset(void)
{
	period = ticks_of_us(board_arg("reset_ms", 0) * 1000);
	if (!check(period != 0, "reset_ms is 0, not a number from 1 on"))
		return;
	if (suite.boot_counter < period)
		compete_and_reset();
	else
		judge_reset();
}
