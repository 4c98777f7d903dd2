/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_MAPS_H
#define TOOLS_TOP_MAPS_H

/* Reads a hash map of the BPF program, many elements in one system call. */
#include <stdbool.h>
#include <stddef.h>

/* The elements of a map: an array of keys, and one of values. */
struct top_elements {
	char *keys, *values;
	size_t count, room;
	size_t key_size, value_size;
};

/*
 * Read all elements. Elements that the program adds meanwhile may be missing. false: out of memory,
 * or the map cannot be read; errno is set. Free with top_elements_free() in either case.
 */
bool top_elements_read(struct top_elements *elements, int map, size_t key_size, size_t value_size);

/* Delete elements. A key that the map does not have is passed over. false: errno is set. */
bool top_elements_delete(int map, const void *keys, size_t key_size, size_t count);

void top_elements_free(struct top_elements *elements);

#endif
