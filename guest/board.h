/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_BOARD_H
#define GUEST_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct board_range {
	uint64_t base, size;
};

/* What the FDT says. A size of 0: there is no such thing. */
extern struct board {
	struct board_range ram;	 /* the first of /memory */
	struct board_range uart; /* stdout-path, otherwise the first PL011 */
	struct board_range gicd;
	struct board_range gicr;	/* the first region of redistributors */
	struct board_range stolen_time; /* what is reserved for the structures */
	bool smc;			/* PSCI's method is smc, not hvc */
	unsigned vtimer, ptimer;	/* INTIDs of the EL1 timers */
	unsigned cpus;			/* cpus[0 .. cpus-1] have their MPIDRs */
	char bootargs[2048];
} board;

/* Read the FDT at that address; MMU on. Powers off where it cannot be read. */
void board_init(uint64_t fdt);

/* The word name=value of the command line: its value, or `otherwise` where there is none. */
uint64_t board_arg(const char *name, uint64_t otherwise);

/* Whether the word `name`, or name=..., is there. */
bool board_has_arg(const char *name);

#endif
