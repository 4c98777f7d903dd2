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

/*
 * The kernel begins again from the first element if it does not find the key. No element is deleted
 * while this function runs, so it finds each. bpf_map_lookup_batch() would take fewer calls, but
 * while it passes over empty buckets, Linux leaves out the kprobes of this CPU, and throttles are
 * missed.
 */
bool top_elements_read(struct top_elements *elements, int map, size_t key_size, size_t value_size)
{
	*elements = (struct top_elements){.key_size = key_size, .value_size = value_size};
	for (;;) {
		if (elements->count == elements->room && !grow(elements))
			return false;
		char *key = elements->keys + elements->count * key_size;
		const char *last = elements->count == 0 ? NULL : key - key_size;
		if (bpf_map_get_next_key(map, last, key) != 0)
			return errno == ENOENT;
		if (bpf_map_lookup_elem(map, key,
					elements->values + elements->count * value_size) != 0)
			return false;
		elements->count++;
	}
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
