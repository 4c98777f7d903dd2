/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_FDT_H
#define TOOLS_EXEC_FDT_H

/* What a guest's FDT says is somewhere: nothing else may be put there. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/region.h>

/* Linux' boot protocol: an FDT has at most 2 MiB. */
#define EXEC_FDT_MAX  0x200000u
#define EXEC_FDT_HEAD 8u

struct exec_ranges {
	struct pvtime_range *list; /* free() it */
	size_t count;
};

/* How long the FDT is of which these are the first EXEC_FDT_HEAD bytes; 0: it is none. */
size_t exec_fdt_size(const uint8_t head[EXEC_FDT_HEAD]);

/*
 * All that the FDT of `size` bytes names, as IPAs, behind what *ranges has: the `reg` of each node
 * that the CPUs can address, the windows in the `ranges` of each bus, and the memory reservations.
 * Returns NULL, or what is wrong with it, and then *ranges has some of it.
 */
const char *exec_fdt_ranges(const void *fdt, size_t size, struct exec_ranges *ranges);

#endif
