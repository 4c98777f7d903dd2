/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_MAPS_H
#define TOOLS_EXEC_MAPS_H

/* VMMs whose memory maps are public, and a granule of theirs that nothing else is to use. */
#include <stddef.h>
#include <stdint.h>
#include "tools/exec/watch.h"

struct exec_map {
	const char *file;   /* how the name of its program, or of its library, begins */
	const char *people; /* its name */
	uint64_t ram[2];    /* where RAM begins, in older and newer ones; 0: nowhere else */
	uint64_t place;	    /* IPA */
};

/* The map of a VMM that has mapped a file of this path, or NULL. */
const struct exec_map *exec_map_of(const char *path);

/* Whether the VM is laid out as the map says: a slot begins where RAM does. */
bool exec_map_fits(const struct exec_map *map, const struct exec_vm *vm);

#endif
