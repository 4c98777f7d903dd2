/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU 0 splits blocks of the identity map while the other CPUs read from them. No read may fault.
 * The blocks map the flash at the bottom of the address space.
 */
#include <tests/tap.h>
#include "guest/cpu.h"
#include "guest/exception.h"
#include "guest/mmu.h"
#include "guest/start.h"
#include "guest/sysreg.h"
#include "guest/timer.h"

#define BLOCK  0x200000ull
#define BLOCKS 20u
#define READS  200u

static uint64_t target;
static unsigned reads[CPU_MAX];
static bool finish;

static void reader(void *arg)
{
	unsigned self = cpu_self()->index;

	(void)arg;
	while (!__atomic_load_n(&finish, __ATOMIC_ACQUIRE)) {
		mmio_read32(__atomic_load_n(&target, __ATOMIC_ACQUIRE));
		__atomic_fetch_add(&reads[self], 1, __ATOMIC_RELEASE);
	}
}

/* Wait until every reader has read READS more times. Returns false after 10 s. */
static bool readers_go_on(void)
{
	uint64_t end = counter_virtual() + timer_ticks(10000);

	for (unsigned i = 1; i < cpu_count(); i++) {
		unsigned from = __atomic_load_n(&reads[i], __ATOMIC_ACQUIRE);

		while (__atomic_load_n(&reads[i], __ATOMIC_ACQUIRE) - from < READS) {
			if (counter_virtual() > end)
				return false;
			cpu_relax();
		}
	}
	return true;
}

int main(void)
{
	unsigned waited = 0;
	bool ok = true;

	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_start(i, reader, NULL);
	for (uint64_t i = 0; i < BLOCKS; i++) {
		__atomic_store_n(&target, i * BLOCK + MMU_PAGE, __ATOMIC_RELEASE);
		ok = readers_go_on() && ok;
		mmu_map(i * BLOCK, MMU_PAGE, MMU_NORMAL);
	}
	ok = readers_go_on() && ok;
	__atomic_store_n(&finish, true, __ATOMIC_RELEASE);
	tap_ok(ok, "the readers continue to read through %u changes of the map", BLOCKS);
	for (unsigned i = 1; i < cpu_count(); i++) {
		tap_ok(cpu_wait_off(i, 10000), "CPU %u turns itself off when it is told to finish",
		       i);
		waited += cpus[i].mmu_changes != 0;
	}
	tap_print("# %u CPUs had to wait for a change\n", waited);
	return tap_done();
}
