/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FLASH_H
#define FLASH_H

/*
 * The guest's two flash banks: erased, and never in a command mode. Reads are memory; writes trap,
 * and do nothing.
 */
#include "types.h"

struct stage2;

/* Map the banks into a VM. Boot. False: no memory. */
bool flash_map(struct stage2 *s2);

#endif
