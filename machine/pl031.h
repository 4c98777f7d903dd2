/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_PL031_H
#define MACHINE_PL031_H

/*
 * The guest's clock, an Arm PL031 (DDI 0224): seconds since 1970, in 32 bits. It has no interrupt:
 * whoever has set its alarm can ask whether it has come. Whoever runs guests has one for each VM,
 * which a reset leaves as it is, and sees to it that one function at a time has it. `now`: seconds
 * since 1970, which never go back.
 */
#include <stdint.h>

/* All zero: it tells `now`. */
struct pl031 {
	uint32_t ahead; /* of `now`, by what the guest has set it to */
	uint32_t load, match, mask;
	uint32_t raised, waits; /* 1: its alarm has come; it is to come at */
	uint64_t due;
};

/*
 * Register accesses at `offset` (0 to 0xfff) of the page; unknown registers read 0 and ignore
 * writes.
 */
uint32_t pl031_read(struct pl031 *r, uint32_t offset, uint64_t now);
void pl031_write(struct pl031 *r, uint32_t offset, uint32_t value, uint64_t now);

#endif
