/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The planner: sizes, refusals, and the lowest free place against a search of every granule (R-06,
 *
 */
#include <pvtime/region.h>
#include "tests/lib/random.h"
#include "tests/tap.h"

#define G     ((uint64_t)PVTIME_GRANULE)
#define LIMIT (1ull << 40)

static int place(uint64_t base, uint32_t vcpus, struct pvtime_range used)
{
	struct pvtime_range r = {1, 1};
	int err = pvtime_region_place(&r, base, vcpus, &used, 1, LIMIT);

	if (!err && (r.base != base || r.size != pvtime_region_size(vcpus)))
		return 1;
	if (err && (r.base != 1 || r.size != 1))
		return 2;
	return err;
}

static void check_size(void)
{
	struct pvtime_range r = {0x090a0000, G};

	tap_is_u64(pvtime_region_size(0), 0, "a region for no vCPU has size 0");
	tap_is_u64(pvtime_region_size(1), G, "a region for one vCPU takes one granule");
	tap_is_u64(pvtime_region_size(1024), G, "a region for 1024 vCPUs takes one granule");
	tap_is_u64(pvtime_region_size(1025), 2 * G, "a region for 1025 vCPUs takes two granules");
	tap_is_u64(pvtime_region_size(UINT32_MAX), 1ull << 38,
		   "the size for 2^32 - 1 vCPUs does not overflow");
	tap_is_u64(pvtime_region_ipa(&r, 0), 0x090a0000, "the first structure is at the base");
	tap_is_u64(pvtime_region_ipa(&r, 7), 0x090a01c0,
		   "structure 7 is 7 times 64 bytes behind the base");
	tap_is_u64(pvtime_region_ipa(&r, UINT32_MAX), 0x090a0000 + 64ull * UINT32_MAX,
		   "the address of structure 2^32 - 1 does not overflow");
}

static void check_place(void)
{
	const uint64_t at = 0x090a0000;
	const struct pvtime_range none = {0, 0};

	tap_is_i64(place(at, 8, none), PVTIME_OK, "a free place is accepted");
	tap_is_i64(place(at, 0, none), PVTIME_EINVAL, "a place for no vCPU is refused");
	tap_is_i64(place(at + 64, 8, none), PVTIME_EINVAL, "a place inside a granule is refused");
	tap_is_i64(place(at, 8, (struct pvtime_range){at - 1, 1}), PVTIME_OK,
		   "a place directly behind a used range is accepted");
	tap_is_i64(place(at, 8, (struct pvtime_range){at - 1, 2}), PVTIME_EBUSY,
		   "a place whose first byte is used is refused");
	tap_is_i64(place(at, 8, (struct pvtime_range){at + 0xFFFF, 1}), PVTIME_EBUSY,
		   "a place whose last byte is used is refused");
	tap_is_i64(place(at, 8, (struct pvtime_range){at + G, 1}), PVTIME_OK,
		   "a place directly before a used range is accepted");
	tap_is_i64(place(at, 8, (struct pvtime_range){at + 0x8000, 0x1000}), PVTIME_EBUSY,
		   "a place with a used range in the unused part of its granule is refused");
	tap_is_i64(place(at, 8, (struct pvtime_range){0, UINT64_MAX}), PVTIME_EBUSY,
		   "a place is refused if everything is used");
	tap_is_i64(place(at, 8, (struct pvtime_range){at + 0x100, 0}), PVTIME_OK,
		   "a place with an empty range in it is accepted");
	tap_is_i64(place(at, 8, (struct pvtime_range){at - G, UINT64_MAX}), PVTIME_EBUSY,
		   "a place in a range that passes 2^64 is refused");
	tap_is_i64(place(at, 2000, (struct pvtime_range){at + G, 1}), PVTIME_EBUSY,
		   "a place whose second granule is used is refused");
	tap_is_i64(place(LIMIT - G, 8, none), PVTIME_OK,
		   "the last granule below the limit is accepted");
	tap_is_i64(place(LIMIT - G, 2000, none), PVTIME_ENOSPC,
		   "two granules at the last one below the limit are refused");
	tap_is_i64(place(LIMIT, 8, none), PVTIME_ENOSPC, "a place at the limit is refused");
	tap_is_i64(place(UINT64_MAX - G + 1, 8, none), PVTIME_ENOSPC,
		   "a place at the top of 64 bits is refused");
}

static void check_find(void)
{
	const struct pvtime_range virt[] = {
		{0x40000000, 0x10000000}, {0, 0x08000000},	    {0x08000000, 0x10000},
		{0x080a0000, 0x100000},	  {0x09000000, 0x1000},	    {0x09000000, 0x100},
		{0x50000000, 0},	  {0x090b0000, UINT64_MAX},
	};
	struct pvtime_range r = {1, 1}, top = {0, UINT64_MAX};

	tap_is_i64(pvtime_region_find(&r, 0, 8, virt, 8, LIMIT), PVTIME_OK,
		   "a gap between used ranges is found");
	tap_is_u64(r.base, 0x08010000, "the gap that is found is the lowest, in the device region");
	tap_is_u64(r.size, G, "the gap that is found has the region's size");
	tap_is_i64(pvtime_region_find(&r, 0x09000000, 8, virt, 8, LIMIT), PVTIME_OK,
		   "a gap from the UART on is found");
	tap_is_u64(r.base, 0x09010000, "the gap from the UART on is the granule after it");
	tap_is_i64(pvtime_region_find(&r, 0x09010001, 8, virt, 8, LIMIT), PVTIME_OK,
		   "a gap from inside a granule on is found");
	tap_is_u64(r.base, 0x09020000, "the gap from inside a granule on is the next granule");
	tap_is_i64(pvtime_region_find(&r, 0x09020000, 9 * 1024, virt, 8, LIMIT), PVTIME_OK,
		   "a gap that just fits is found");
	tap_is_u64(r.base, 0x09020000, "the gap that just fits begins where it should");
	r.base = 1;
	tap_is_i64(pvtime_region_find(&r, 0x09020000, 9 * 1024 + 1, virt, 8, LIMIT), PVTIME_ENOSPC,
		   "no gap is found for one vCPU more than fits");
	tap_is_i64(pvtime_region_find(&r, 0, 8, &top, 1, LIMIT), PVTIME_ENOSPC,
		   "no gap is found if everything is used");
	tap_is_i64(pvtime_region_find(&r, 0, 0, NULL, 0, LIMIT), PVTIME_EINVAL,
		   "a gap for no vCPU is refused");
	tap_is_i64(pvtime_region_find(&r, UINT64_MAX, 1, NULL, 0, UINT64_MAX), PVTIME_ENOSPC,
		   "no gap is found from the top of 64 bits on");
	tap_is_i64(pvtime_region_find(&r, 0, 1, NULL, 0, G - 1), PVTIME_ENOSPC,
		   "no gap is found below a limit of less than one granule");
	tap_is_u64(r.base, 1, "a search that fails sets nothing");
	tap_is_i64(pvtime_region_find(&r, INT64_MAX, 1, NULL, 0, UINT64_MAX), PVTIME_ENOSPC,
		   "no gap is found whose address x0 could not return");
	tap_is_i64(pvtime_region_find(&r, INT64_MAX - 0x1FFFF, 1, NULL, 0, UINT64_MAX), PVTIME_OK,
		   "a gap in the last two granules below 2^63 is found");
	tap_is_u64(r.base, 0x7FFFFFFFFFFE0000,
		   "the gap that is found is the first of the last two granules below 2^63");
}

/* The lowest place, by trying every granule, with the overlap of half-open ranges written out. */
static uint64_t search(uint64_t from, uint64_t size, const struct pvtime_range *used, size_t n,
		       uint64_t limit)
{
	for (uint64_t at = (from + G - 1) / G * G; at + size <= limit; at += G) {
		bool free = true;

		for (size_t i = 0; i < n; i++)
			if (used[i].size && used[i].base < at + size &&
			    at < used[i].base + used[i].size)
				free = false;
		if (free)
			return at;
	}
	return UINT64_MAX;
}

static void check_random(void)
{
	uint64_t seed = 11, bad = 0, found = 0;

	for (unsigned int round = 0; round < 2000; round++) {
		struct pvtime_range used[12], r;
		size_t n = random_below(&seed, 13);
		uint64_t limit = random_below(&seed, 64 * G), from = random_below(&seed, 64 * G);
		uint32_t vcpus = 1 + (uint32_t)random_below(&seed, 3000);
		uint64_t want;
		int err;

		for (size_t i = 0; i < n; i++)
			used[i] = (struct pvtime_range){random_below(&seed, 64 * G),
							random_below(&seed, 8 * G)};
		want = search(from, pvtime_region_size(vcpus), used, n, limit);
		err = pvtime_region_find(&r, from, vcpus, used, n, limit);
		if (want == UINT64_MAX ? err != PVTIME_ENOSPC : err || r.base != want)
			bad++;
		found += !err;
		if (!err && pvtime_region_place(&r, r.base, vcpus, used, n, limit))
			bad++;
	}
	tap_is_u64(
		bad, 0,
		"on 2000 random maps pvtime_region_find() finds the lowest place, which pvtime_region_place() accepts");
	tap_ok(found > 200 && found < 1900,
	       "some of 2000 random maps have a place, and some have none (%llu have one)",
	       (unsigned long long)found);
}

int main(void)
{
	check_size();
	check_place();
	check_find();
	check_random();
	return tap_done();
}
