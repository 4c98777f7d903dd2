/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_CELLS_H
#define TOOLS_TOP_BPF_CELLS_H

/*
 * A part of the BPF program: the hash table of cells, one of TOP_CELLS for each epoch. Nothing is
 * removed from it: user space clears the epoch as a whole. (A unit test compiles this file, too.)
 */

struct top_entry entries[2][TOP_CELLS];

/* The numbers of the entries that an epoch uses, in the order in which they were taken. */
__u32 used[2][TOP_CELLS];
__u32 used_count[2];

/*
 * The entry of this key in the epoch, or NULL: there is no room. *made: it is a new one, and the
 * caller describes the thief. Another CPU may look for the same key at the same time.
 */
static __always_inline struct top_entry *find_entry(__u64 key, __u32 now, bool *made)
{
	__u32 home = TOP_CELL_HOME(key);

	for (__u32 i = 0; i < TOP_PROBES; i++) {
		__u32 index = (home + i) & (TOP_CELLS - 1);
		struct top_entry *entry = &entries[now & 1][index];

		if (entry->key == key)
			return entry;
		if (entry->key != 0)
			continue;
		__u64 old = __sync_val_compare_and_swap(&entry->key, 0, key);
		if (old == 0) {
			__u32 count = __sync_fetch_and_add(&used_count[now & 1], 1);

			used[now & 1][count & (TOP_CELLS - 1)] = index;
			*made = 1;
		}
		if (old == 0 || old == key)
			return entry;
	}
	return NULL;
}

#endif
