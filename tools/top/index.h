/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_INDEX_H
#define TOOLS_TOP_INDEX_H

/* Finds a number's place in an array. How long that takes does not depend on the array's size. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOP_NOWHERE SIZE_MAX

struct top_slot {
	uint64_t key;
	size_t place; /* plus 1; 0: the slot is free */
};

/* A hash table that is at most half full. */
struct top_index {
	struct top_slot *slot;
	unsigned bits; /* there are 2^bits slots */
};

/* Make an empty index for at most `count` numbers. false: out of memory. */
bool top_index_make(struct top_index *index, size_t count);

/* The number must not be in the index yet. */
void top_index_put(struct top_index *index, uint64_t key, size_t place);

/* TOP_NOWHERE: the number is not in the index. */
size_t top_index_find(const struct top_index *index, uint64_t key);

void top_index_free(struct top_index *index);

#endif
