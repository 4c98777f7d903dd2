/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plans the region. Internally, ends of ranges are inclusive, so that no end wraps at
 * 2^64.
 */
#include <pvtime/region.h>

#define LAST_BYTE (~(uint64_t)0)
#define IPA_LIMIT ((uint64_t)1 << 63)

uint64_t pvtime_region_size(uint32_t vcpus)
{
	uint64_t bytes = (uint64_t)vcpus * PVTIME_STRUCT_SIZE;

	return (bytes + PVTIME_GRANULE - 1) & ~(uint64_t)(PVTIME_GRANULE - 1);
}

uint64_t pvtime_region_ipa(const struct pvtime_range *region, uint32_t index)
{
	return region->base + (uint64_t)index * PVTIME_STRUCT_SIZE;
}

/* Last byte of a range that is not empty. */
static uint64_t last_of(const struct pvtime_range *r)
{
	uint64_t last = r->base + (r->size - 1);

	return last < r->base ? LAST_BYTE : last;
}

/* The first of `used` that has a byte in [base, last]; NULL if none has. */
static const struct pvtime_range *obstacle(uint64_t base, uint64_t last,
					   const struct pvtime_range *used, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (used[i].size && used[i].base <= last && last_of(&used[i]) >= base)
			return &used[i];
	return NULL;
}

/*
 * Whether `size` bytes at `base` end below the limit. The limit is reduced to 2^63, so that every
 * IPA is a positive int64.
 */
static bool below(uint64_t base, uint64_t size, uint64_t limit)
{
	if (limit > IPA_LIMIT)
		limit = IPA_LIMIT;
	return size <= limit && base <= limit - size;
}

int pvtime_region_place(struct pvtime_range *out, uint64_t base, uint32_t vcpus,
			const struct pvtime_range *used, size_t n, uint64_t limit)
{
	uint64_t size = pvtime_region_size(vcpus);

	if (!size || base % PVTIME_GRANULE)
		return PVTIME_EINVAL;
	if (!below(base, size, limit))
		return PVTIME_ENOSPC;
	/*
	 * The region consists of whole granules, so everything that shares one of them overlaps it.
	 */
	if (obstacle(base, base + (size - 1), used, n))
		return PVTIME_EBUSY;
	out->base = base;
	out->size = size;
	return PVTIME_OK;
}

/* The first granule at or above addr, which is at most 2^63. */
static uint64_t granule_up(uint64_t addr)
{
	return (addr + PVTIME_GRANULE - 1) & ~(uint64_t)(PVTIME_GRANULE - 1);
}

int pvtime_region_find(struct pvtime_range *out, uint64_t from, uint32_t vcpus,
		       const struct pvtime_range *used, size_t n, uint64_t limit)
{
	uint64_t size = pvtime_region_size(vcpus);

	if (!size)
		return PVTIME_EINVAL;
	/* Each round moves past one obstacle for good, so there are at most n + 1 rounds. */
	while (below(from, size, limit)) {
		uint64_t base = granule_up(from);
		const struct pvtime_range *hit;

		if (!below(base, size, limit))
			break;
		hit = obstacle(base, base + (size - 1), used, n);
		if (!hit) {
			out->base = base;
			out->size = size;
			return PVTIME_OK;
		}
		if (last_of(hit) == LAST_BYTE)
			break;
		from = last_of(hit) + 1;
	}
	return PVTIME_ENOSPC;
}
