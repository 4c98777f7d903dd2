/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot sequence of a guest. */
#include "board.h"
#include "console.h"
#include "gic.h"
#include "mmu.h"
#include "psci.h"
#include "start.h"

void primary_main(uint64_t fdt)
{
	board_init(fdt);
	console_init();
	for (unsigned i = 0; i < board.bank_count; i++)
		mmu_map(board.banks[i].base, board.banks[i].size, MMU_NORMAL);
	gic_init();
	gic_init_cpu();
	main();
	psci_system_off();
}
