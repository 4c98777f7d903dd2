/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FLASH_H
#define FLASH_H

/*
 * The guest's two flash banks: erased, and never in a command mode. Reads are memory accesses.
 * Writes trap and have no effect.
 */
#include "types.h"

struct stage2;

/* Map the banks into a VM. Called at boot. False: no memory. */
bool flash_map(struct stage2 *s2);

#endif
