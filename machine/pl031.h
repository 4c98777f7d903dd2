/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_PL031_H
#define MACHINE_PL031_H

/*
 * The guest's clock, an Arm PL031 (DDI 0224): seconds since 1970, in 32 bits. It has no interrupt:
 * a guest that has set the alarm can read whether it has come. The program that runs guests has one
 * struct pl031 for each VM, leaves it as it is at a reset, and must not call both functions for it
 * at the same time. `now`: seconds since 1970, which never go back.
 */
#include <stdint.h>

/* All zero: the clock shows `now`. */
struct pl031 {
	uint32_t ahead; /* how far the guest has set the clock ahead of `now`, in s */
	uint32_t load, match, mask;
	uint32_t raised, waits; /* raised: the alarm has come; waits: it is set for `due` */
	uint64_t due;
};

/*
 * Register accesses at `offset` (0 to 0xfff) of the page. Unknown registers read as 0 and ignore
 * writes.
 */
uint32_t pl031_read(struct pl031 *r, uint32_t offset, uint64_t now);
void pl031_write(struct pl031 *r, uint32_t offset, uint32_t value, uint64_t now);

#endif
