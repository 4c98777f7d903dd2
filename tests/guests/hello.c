/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest guest: it prints what it finds and powers off. */
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/cpu.h"
#include "guest/psci.h"
#include "guest/start.h"
#include "guest/timer.h"

int main(void)
{
	int64_t version = psci_version();

	tap_print("# hello: %u CPUs, %lu MiB at 0x%lx, PSCI %lu.%lu by %s, %u Hz\n", cpu_count(),
		  board.ram.size >> 20, board.ram.base, (uint64_t)version >> 16,
		  (uint64_t)version & 0xffff, board.smc ? "SMC" : "HVC", timer_frequency());
	tap_print("# command line: %s\n", board.bootargs);
	tap_ok(version >= 0x10000, "PSCI is 1.0 or newer");
	tap_ok(board.ram.size >= 16u << 20, "RAM has at least 16 MiB");
	tap_ok(timer_frequency() > 0, "CNTFRQ_EL0 is not 0");
	return tap_done();
}
