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
	BOARD_CONSOLE_SBSA, /* the part of a PL011 that sends: needs no setup (SBSA, appendix B) */
	BOARD_CONSOLE_8250,
	BOARD_CONSOLE_XEN, /* the hypercall console_io */
};

/* What the FDT describes. A range of size 0 does not exist. */
extern struct board {
	struct dt fdt;
	struct board_range ram; /* the bank that this image is in */
	struct board_range banks[BOARD_BANKS];
	unsigned bank_count;
	enum board_console console;
	struct board_range uart; /* the UART of stdout-path, otherwise the first known one */
	unsigned uart_shift, uart_width; /* 8250: log2 of registers' distance; bytes of an access */
	unsigned gic_version;		 /* 2 or 3; 0: neither */
	struct board_range gicd;
	struct board_range gicc;		/* GICv2: the CPU interface */
	struct board_range gicr[BOARD_REGIONS]; /* GICv3: regions of redistributors */
	uint64_t gicr_stride;			/* 0: as GICR_TYPER says */
	struct board_range stolen_time;		/* the region reserved for the structures */
	bool smc;				/* PSCI's method is smc, not hvc */
	unsigned vtimer, ptimer;		/* INTIDs of the EL1 timers */
	unsigned cpus;				/* cpus[0 .. cpus-1] have their MPIDRs */
	char bootargs[2048];
} board;

/*
 * The FDT's address: x0 as the loader has left it. If x0 is 0, as loaders of ELF files leave it,
 * the bottom of RAM of a virt-like machine. Returns 0 if there is no FDT at that address.
 */
uint64_t board_find_fdt(uint64_t x0);

/* Read the FDT at this address, with the MMU on or off. Powers off if the FDT cannot be read. */
void board_init(uint64_t fdt);

/* The number in the word name=value of the command line; `otherwise` if there is none. */
uint64_t board_arg(const char *name, uint64_t otherwise);

/*
 * The same as text, truncated to `room` bytes. Returns false, with an empty text, if there is no
 * such word.
 */
bool board_arg_text(const char *name, char *text, size_t room);

/* Whether the command line has the word `name` or name=.... */
bool board_has_arg(const char *name);

#endif
