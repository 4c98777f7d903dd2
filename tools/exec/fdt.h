/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_FDT_H
#define TOOLS_EXEC_FDT_H

/* The addresses that a guest's FDT names, where the structures cannot go. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/region.h>

/* Linux's boot protocol: an FDT has at most 2 MiB. */
#define EXEC_FDT_MAX  0x200000u
#define EXEC_FDT_HEAD 8u

struct exec_ranges {
	struct pvtime_range *list; /* the caller frees it with free() */
	size_t count;
};

/* The size of the FDT that starts with these EXEC_FDT_HEAD bytes; 0: they do not start an FDT. */
size_t exec_fdt_size(const uint8_t head[EXEC_FDT_HEAD]);

/*
 * Append to *ranges all that the FDT of `size` bytes names, as IPAs: the `reg` of each node that
 * the CPUs can address, the windows in the `ranges` of each bus, and the memory reservations.
 * Returns NULL, or what is wrong with the FDT; *ranges is then incomplete.
 */
const char *exec_fdt_ranges(const void *fdt, size_t size, struct exec_ranges *ranges);

#endif
