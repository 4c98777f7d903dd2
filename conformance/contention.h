/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_CONTENTION_H
#define CONFORMANCE_CONTENTION_H

#include <stdbool.h>
#include <stdint.h>
#include "gaps.h"

/*
 * From here to contention_end() something competes with CPU 0: vCPUs or processes outside this VM,
 * if there are any, and otherwise all other vCPUs of this VM, which then spin. The first call finds
 * out which, by gaps. False: neither takes anything from CPU 0. The case is then skipped, and the
 * caller must not call contention_end().
 */
bool contention_begin(void);
void contention_end(void);

/*
 * `ms` in ticks, or four times the longest gap that was found at first (at most MOST_MS), whichever
 * is longer: where turns are long, nothing would be seen in `ms`.
 */
uint64_t contention_ticks(unsigned ms);

/* Whether something outside this VM competes for CPU 0's physical CPU, which is then never idle. */
bool contention_outside(void);

/*
 * The longest wait to expect of a vCPU while all of them spin, in ns, by those gaps; 0: nothing
 * competes.
 */
uint64_t contention_worst_ns(void);

/* Whether `g` shows competition: see gaps_competed(). If not, the case is skipped. */
bool contention_seen(const struct gaps *g);

/* Spin for about `us`. */
void spin_us(uint64_t us);

/*
 * A random number below `limit`, which is not 0. The generator starts from the suite's seed. On CPU
 * 0 only.
 */
uint64_t random_below(uint64_t limit);

#endif
