/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_CONTENTION_H
#define CONFORMANCE_CONTENTION_H

#include <stdbool.h>
#include <stdint.h>
#include "gaps.h"

/*
 * From here to contention_end() somebody competes with CPU 0: those outside of this VM, if there is
 * anybody, otherwise all other vCPUs of it, which spin. Found out once, by gaps. False: neither
 * takes anything from CPU 0, the case is skipped, and there is nothing to end.
 */
bool contention_begin(void);
void contention_end(void);

/*
 * `ms` in ticks; or more, up to MOST_MS, where turns are so long that nothing would be seen: as
 * long as four of the longest gaps that were found at first.
 */
uint64_t contention_ticks(unsigned ms);

/* Whether CPU 0's physical CPU is never idle: somebody outside of this VM competes for it. */
bool contention_outside(void);

/*
 * How long a vCPU may be expected to wait at most, by those gaps, where all of them spin; 0: nobody
 * competes.
 */
uint64_t contention_worst_ns(void);

/* Whether it has really come to it, in what was watched: the case is skipped otherwise. */
bool contention_seen(const struct gaps *g);

/* Spin for about `us`. */
void spin_us(uint64_t us);

/*
 * A number below `limit`, which is not 0, from the suite's seed: so that phases differ. On CPU 0.
 */
uint64_t random_below(uint64_t limit);

#endif
