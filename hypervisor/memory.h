/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MEMORY_H
#define MEMORY_H

/*
 * The board's free RAM. It is handed out at boot and never given back: a VM keeps its memory over a
 * reset. Logic only, tested on the host. Only the boot CPU calls these.
 */
#include "types.h"

/* Forget everything. */
void memory_init(void);
/*
 * [from, to) is free RAM; rounded inwards to whole pages. False: there is no room for another range
 * (64).
 */
bool memory_add(uint64_t from, uint64_t to);
/*
 * [from, to) is in use: cut it out of the free ranges, rounded out to whole pages. False: too many
 * ranges.
 */
bool memory_reserve(uint64_t from, uint64_t to);
/*
 * Take the lowest free `size` bytes at a multiple of `align` (a power of two, at least a page), not
 * below `least`. They are not zeroed. False: there is no such place.
 */
bool memory_alloc(uint64_t size, uint64_t align, uint64_t least, paddr_t *at);
/* 1 or 2 contiguous zeroed pages, aligned to their size; NULL: there are none left. */
void *page_alloc(unsigned pages);
uint64_t memory_free_bytes(void);

#endif
