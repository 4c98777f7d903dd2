/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "tools/top/index.h"

bool top_index_make(struct top_index *index, size_t count)
{
	*index = (struct top_index){.bits = 4};
	while (((size_t)1 << index->bits) < 2 * count)
		index->bits++;
	index->slot = calloc((size_t)1 << index->bits, sizeof(*index->slot));
	return index->slot != NULL;
}

/* The slot of this number, or the one in which to put it. The factor is 2^64 / golden ratio. */
static struct top_slot *slot_of(const struct top_index *index, uint64_t key)
{
	size_t at = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> (64 - index->bits));

	while (index->slot[at].place != 0 && index->slot[at].key != key)
		at = (at + 1) & (((size_t)1 << index->bits) - 1);
	return &index->slot[at];
}

void top_index_put(struct top_index *index, uint64_t key, size_t place)
{
	*slot_of(index, key) = (struct top_slot){.key = key, .place = place + 1};
}

size_t top_index_find(const struct top_index *index, uint64_t key)
{
	return slot_of(index, key)->place - 1;
}

void top_index_free(struct top_index *index)
{
	free(index->slot);
	index->slot = NULL;
}
