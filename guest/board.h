/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_BOARD_H
#define GUEST_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "fdt.h"

#define BOARD_BANKS   16u
#define BOARD_REGIONS 16u

struct board_range {
	uint64_t base, size;
};

enum board_console {
	BOARD_CONSOLE_NONE,
	BOARD_CONSOLE_PL011,
	BOARD_CONSOLE_8250,
	BOARD_CONSOLE_XEN, /* the hypercall console_io */
};

/* What the FDT says. A size of 0: there is no such thing. */
extern struct board {
	struct dt fdt;
	struct board_range ram; /* the bank that this image is in */
	struct board_range banks[BOARD_BANKS];
	unsigned bank_count;
	enum board_console console;
	struct board_range uart;	 /* stdout-path, otherwise the first that is known */
	unsigned uart_shift, uart_width; /* of an 8250: between registers, and of one, in bytes */
	unsigned gic_version;		 /* 2 or 3; 0: none of them */
	struct board_range gicd;
	struct board_range gicc;		/* GICv2: the CPU interface */
	struct board_range gicr[BOARD_REGIONS]; /* GICv3: regions of redistributors */
	uint64_t gicr_stride;			/* 0: as GICR_TYPER says */
	struct board_range stolen_time;		/* what is reserved for the structures */
	bool smc;				/* PSCI's method is smc, not hvc */
	unsigned vtimer, ptimer;		/* INTIDs of the EL1 timers */
	unsigned cpus;				/* cpus[0 .. cpus-1] have their MPIDRs */
	char bootargs[2048];
} board;

/*
 * The FDT's address: what the loader has left in x0. Where that is 0, as a loader of ELF files
 * leaves it, the FDT at the bottom of RAM of a virt-like machine, if there is one; otherwise 0.
 */
uint64_t board_find_fdt(uint64_t x0);

/* Read the FDT at that address, MMU on or off. Powers off where it cannot be read. */
void board_init(uint64_t fdt);

/* The word name=value of the command line: its value, or `otherwise` where there is none. */
uint64_t board_arg(const char *name, uint64_t otherwise);

/* The same as text, cut to what fits. false, and text is "": there is no such word. */
bool board_arg_text(const char *name, char *text, size_t room);

/* Whether the word `name`, or name=..., is there. */
bool board_has_arg(const char *name);

#endif
