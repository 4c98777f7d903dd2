/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_MAPS_H
#define TOOLS_EXEC_MAPS_H

/* VMMs whose memory maps are public, and a granule in each that nothing else uses. */
#include <stddef.h>
#include <stdint.h>
#include "tools/exec/watch.h"

struct exec_map {
	const char *file;   /* prefix of the name of the program, or of its library */
	const char *people; /* name in messages */
	uint64_t ram[2];    /* where RAM begins, in older and newer versions; 0: one place only */
	uint64_t place;	    /* IPA of the free granule */
};

/* The map of the VMM that has mapped the file at this path, or NULL. */
const struct exec_map *exec_map_of(const char *path);

/* Whether the VM has the map's layout: a slot begins where RAM begins. */
bool exec_map_fits(const struct exec_map *map, const struct exec_vm *vm);

#endif
