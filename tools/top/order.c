/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/top/order.h"

static size_t digit(const struct top_order *order, unsigned shift)
{
	return order->key >> shift & 0xff;
}

/* Sort by one byte of the keys. */
static void sort_by(struct top_order *to, const struct top_order *from, size_t count,
		    unsigned shift)
{
	size_t first[257] = {0};

	for (size_t i = 0; i < count; i++)
		first[digit(&from[i], shift) + 1]++;
	for (size_t i = 1; i < 256; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < count; i++)
		to[first[digit(&from[i], shift)]++] = from[i];
}

/* By the last byte first, and by those only in which the keys differ: of PIDs, these are few. */
struct top_order *top_order_sort(struct top_order *order, struct top_order *spare, size_t count)
{
	uint64_t differ = 0;

	for (size_t i = 1; i < count; i++)
		differ |= order[i].key ^ order[0].key;
	for (unsigned shift = 0; shift < 64; shift += 8) {
		struct top_order *sorted = spare;

		if ((differ >> shift & 0xff) == 0)
			continue;
		sort_by(sorted, order, count, shift);
		spare = order;
		order = sorted;
	}
	return order;
}
