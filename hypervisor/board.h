/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HYPERVISOR_BOARD_H
#define HYPERVISOR_BOARD_H

/* What the board's FDT says: read once at boot, constant afterwards. */
#include "machine/board.h"
#include "machine/map.h"
#include "types.h"

#define BOARD_MAX_MEMORY 8u

struct board {
	struct board_range uart; /* size 0: none */
	unsigned uart_intid;
	struct board_range gicd;
	struct board_range gicr[4]; /* redistributor regions */
	unsigned gicr_regions;
	unsigned maintenance_intid;
	unsigned hyp_timer_intid, vtimer_intid, ptimer_intid;
	bool psci_smc; /* the firmware's conduit */
	unsigned cpu_count;
	uint64_t cpu_mpidr[MAP_MAX_PCPUS];
	struct board_range memory[BOARD_MAX_MEMORY];
	unsigned memory_count;
	uint64_t bundle, bundle_end; /* the initrd */
};

extern struct board board;

/*
 * Read the FDT at `fdt`, the address in x0 at entry. NULL, or what the board lacks, in words for
 * the log.
 */
const char *board_read(const void *fdt, struct board *b);

#endif
