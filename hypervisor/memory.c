/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"
#include "string.h"

#define MAX_RANGES 64u

struct range {
	uint64_t from, to;
};

static struct range ranges[MAX_RANGES];
static unsigned count;

void memory_init(void)
{
	count = 0;
}

bool memory_add(uint64_t from, uint64_t to)
{
	from = align_up(from, PAGE_SIZE);
	to &= ~(PAGE_SIZE - 1);
	if (from >= to)
		return true;
	if (count == MAX_RANGES)
		return false;
	ranges[count++] = (struct range){from, to};
	return true;
}

bool memory_reserve(uint64_t from, uint64_t to)
{
	unsigned i = 0;

	from &= ~(PAGE_SIZE - 1);
	to = align_up(to, PAGE_SIZE);
	while (i < count) {
		struct range old = ranges[i];

		if (to <= old.from || from >= old.to || from >= to) {
			i++;
			continue;
		}
		ranges[i] = ranges[--count]; /* what is left of it goes to the end */
		if (!memory_add(old.from, from) || !memory_add(to, old.to))
			return false;
	}
	return true;
}

bool memory_alloc(uint64_t size, uint64_t align, uint64_t least, paddr_t *at)
{
	uint64_t best = UINT64_MAX;

	for (unsigned i = 0; i < count; i++) {
		const struct range *r = &ranges[i];
		uint64_t start = align_up(max_u64(r->from, least), align);

		if (start >= r->from && start < r->to && r->to - start >= size)
			best = min_u64(best, start);
	}
	*at = (paddr_t){best};
	return best != UINT64_MAX && memory_reserve(best, best + size);
}

void *page_alloc(unsigned pages)
{
	paddr_t at;

	if (!memory_alloc(pages * PAGE_SIZE, pages * PAGE_SIZE, 0, &at))
		return NULL;
	return memset(pa_ptr(at), 0, pages * PAGE_SIZE);
}

uint64_t memory_free_bytes(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < count; i++)
		sum += ranges[i].to - ranges[i].from;
	return sum;
}
