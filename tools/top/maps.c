/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <bpf/bpf.h>
#include "tools/top/maps.h"

static bool grow(struct top_elements *elements, size_t room)
{
	char *keys = realloc(elements->keys, room * elements->key_size);

	if (keys == NULL)
		return false;
	elements->keys = keys;
	char *values = realloc(elements->values, room * elements->value_size);
	if (values == NULL)
		return false;
	elements->values = values;
	return true;
}

/*
 * The kernel begins again from the first element if it does not find the key. No element is deleted
 * while this function runs, so it finds each.
 */
bool top_elements_read(struct top_elements *elements, int map, size_t key_size, size_t value_size)
{
	const void *last = NULL;
	size_t room = 0;

	*elements = (struct top_elements){.key_size = key_size, .value_size = value_size};
	for (;;) {
		if (elements->count == room) {
			room = room == 0 ? 256 : 2 * room;
			if (!grow(elements, room))
				return false;
			if (elements->count > 0)
				last = elements->keys + (elements->count - 1) * key_size;
		}
		char *key = elements->keys + elements->count * key_size;
		if (bpf_map_get_next_key(map, last, key) != 0)
			return errno == ENOENT;
		if (bpf_map_lookup_elem(map, key,
					elements->values + elements->count * value_size) != 0)
			return false;
		last = key;
		elements->count++;
	}
}

void top_elements_free(struct top_elements *elements)
{
	free(elements->keys);
	free(elements->values);
	*elements = (struct top_elements){.keys = NULL};
}
