/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <bpf/bpf.h>
#include "tools/top/maps.h"

#define ROOM 1024u /* elements, at first */

/* Make room for as many elements more as there are. */
static bool grow(struct top_elements *elements)
{
	size_t room = elements->room == 0 ? ROOM : 2 * elements->room;
	char *keys = realloc(elements->keys, room * elements->key_size);

	if (keys == NULL)
		return false;
	elements->keys = keys;
	char *values = realloc(elements->values, room * elements->value_size);
	if (values == NULL)
		return false;
	elements->values = values;
	elements->room = room;
	return true;
}

/* Read the elements of some buckets of the hash table. Returns 1, or 0 at the end, or -1. */
static int read_some(struct top_elements *elements, int map, uint32_t *bucket, bool first)
{
	uint32_t count = (uint32_t)(elements->room - elements->count), next = 0;
	int error = 0;

	if (bpf_map_lookup_batch(map, first ? NULL : bucket, &next,
				 elements->keys + elements->count * elements->key_size,
				 elements->values + elements->count * elements->value_size, &count,
				 NULL) != 0)
		error = errno;
	/* The next bucket has more elements than there is room. */
	if (error == ENOSPC)
		return grow(elements) ? 1 : -1;
	if (error != 0 && error != ENOENT)
		return -1;
	elements->count += count;
	*bucket = next;
	return error == 0;
}

/* Linux counts buckets in 32 bits. */
bool top_elements_read(struct top_elements *elements, int map, size_t key_size, size_t value_size)
{
	uint32_t bucket = 0;
	bool first = true;
	int more = 1;

	*elements = (struct top_elements){.key_size = key_size, .value_size = value_size};
	while (more == 1) {
		if (elements->count == elements->room && !grow(elements))
			return false;
		size_t before = elements->room;
		more = read_some(elements, map, &bucket, first);
		first = first && before != elements->room;
	}
	return more == 0;
}

bool top_elements_delete(int map, const void *keys, size_t key_size, size_t count)
{
	const char *at = keys;

	while (count > 0) {
		uint32_t deleted = (uint32_t)count;
		int result = bpf_map_delete_batch(map, at, &deleted, NULL);

		if (result != 0 && errno != ENOENT)
			return false;
		/* Pass over a key that the map does not have. */
		if (result != 0)
			deleted++;
		if (deleted > count)
			break;
		at += deleted * key_size;
		count -= deleted;
	}
	return true;
}

void top_elements_free(struct top_elements *elements)
{
	free(elements->keys);
	free(elements->values);
	*elements = (struct top_elements){.keys = NULL};
}
