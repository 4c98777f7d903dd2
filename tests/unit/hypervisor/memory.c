/* SPDX-License-Identifier: BSD-2-Clause */
/* The allocator of the board's RAM, compared with one that keeps a byte for each page. */
#include "memory.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#include <string.h>

#define PAGES 2048u
#define BASE  UINT64_C(0x40000000)

static bool is_free[PAGES];

static uint64_t address(uint64_t page)
{
	return BASE + page * PAGE_SIZE;
}

static void mark(uint64_t from, uint64_t to, bool value)
{
	for (uint64_t p = from; p < to; p++)
		is_free[p] = value;
}

static uint64_t free_pages(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < PAGES; i++)
		n += is_free[i];
	return n;
}

/* The lowest place for `size` bytes, by a search of all pages; UINT64_MAX: none. */
static uint64_t lowest(uint64_t size, uint64_t align, uint64_t least)
{
	uint64_t pages = (size + PAGE_SIZE - 1) / PAGE_SIZE;

	for (uint64_t p = 0; p + pages <= PAGES; p++) {
		bool fits = address(p) % align == 0 && address(p) >= least;

		for (uint64_t i = 0; fits && i < pages; i++)
			fits = is_free[p + i];
		if (fits)
			return address(p);
	}
	return UINT64_MAX;
}

/* One random step of both allocators. False: they disagree. */
static bool step(uint64_t *seed)
{
	uint64_t size = 1 + random_below(seed, 1u << (8 + random_below(seed, 10)));
	uint64_t align = PAGE_SIZE, least = 0, want;
	paddr_t at = {0};
	bool ok;

	/* Seldom, because each gap splits a range, and there are only 64 ranges. */
	if (random_below(seed, 8) == 0)
		align <<= random_below(seed, 8);
	if (random_below(seed, 16) == 0)
		least = BASE + random_below(seed, PAGES * PAGE_SIZE);
	want = lowest(size, align, least);
	ok = memory_alloc(size, align, least, &at);
	if (ok != (want != UINT64_MAX) || (ok && at.pa != want))
		return false;
	if (ok)
		mark((want - BASE) / PAGE_SIZE, (want - BASE + size + PAGE_SIZE - 1) / PAGE_SIZE,
		     false);
	return memory_free_bytes() == free_pages() * PAGE_SIZE;
}

/*
 * RAM in some ranges, with holes cut at addresses of any alignment; then one allocation after the
 * other.
 */
static bool random_board(uint64_t *seed, unsigned *steps)
{
	uint64_t from = random_below(seed, 16);

	memory_init();
	memset(is_free, 0, sizeof(is_free));
	while (from < PAGES) {
		uint64_t to = min_u64(from + 1 + random_below(seed, 1024), PAGES);

		/* Some bytes more than whole pages, which must not be taken. */
		if (!memory_add(address(from) - random_below(seed, 2) * 100,
				address(to) + random_below(seed, 2) * 100))
			return false;
		mark(from, to, true);
		from = to + 1 + random_below(seed, 64);
	}
	for (unsigned i = 0; i < 8; i++) {
		uint64_t a = random_below(seed, PAGES * PAGE_SIZE);
		uint64_t size = random_below(seed, 64 * PAGE_SIZE);

		if (!memory_reserve(BASE + a, BASE + a + size))
			return false;
		if (size)
			mark(a / PAGE_SIZE, min_u64((a + size + PAGE_SIZE - 1) / PAGE_SIZE, PAGES),
			     false);
	}
	for (*steps = 0; memory_free_bytes() && *steps < 200; ++*steps)
		if (!step(seed))
			return false;
	return true;
}

static void model(void)
{
	uint64_t seed = 0x9e3779b97f4a7c15;
	unsigned bad = 0, total = 0, steps = 0;

	for (unsigned i = 0; i < 200; i++) {
		bad += !random_board(&seed, &steps);
		total += steps;
	}
	tap_is_u64(
		bad, 0,
		"on 200 random boards each allocation gets the lowest free place, and no page is given twice");
	tap_ok(total > 10000, "the random boards make %u allocations, more than 10000", total);
}

static void rounding(void)
{
	paddr_t at;

	memory_init();
	tap_is_u64(memory_free_bytes(), 0, "no memory is free after memory_init()");
	tap_ok(!memory_alloc(1, PAGE_SIZE, 0, &at), "nothing can be allocated after memory_init()");
	tap_ok(memory_add(BASE + 1, BASE + 2 * PAGE_SIZE),
	       "a range that begins inside a page is added");
	tap_is_u64(memory_free_bytes(), PAGE_SIZE,
		   "the part of a page at the start of a range is not free");
	tap_ok(memory_add(BASE + 0x100000, BASE + 0x100fff) && memory_add(BASE + 5, BASE + 5) &&
		       memory_add(BASE + 0x9000, BASE + 0x8000),
	       "ranges of less than a page, and empty ones, are accepted");
	tap_is_u64(memory_free_bytes(), PAGE_SIZE,
		   "ranges of less than a page, and empty ones, change nothing");
	tap_ok(memory_reserve(BASE + 0x1000, BASE + 0x1000), "an empty range can be reserved");
	tap_is_u64(memory_free_bytes(), PAGE_SIZE, "reserving an empty range takes no memory");
	tap_ok(memory_reserve(BASE + 0x1fff, BASE + 0x2000), "one byte of a page can be reserved");
	tap_is_u64(memory_free_bytes(), 0, "reserving one byte of a page takes the page");
}

static void splitting(void)
{
	paddr_t at;

	memory_init();
	memory_add(BASE, BASE + 16 * MIB);
	memory_add(BASE + 64 * MIB, BASE + 80 * MIB);
	tap_ok(memory_reserve(BASE + 4 * MIB, BASE + 68 * MIB),
	       "a reservation over two ranges is accepted");
	tap_is_u64(memory_free_bytes(), 16 * MIB,
		   "a reservation over two ranges leaves their ends");
	tap_ok(memory_alloc(5 * MIB, MIB, 0, &at) && at.pa == BASE + 68 * MIB,
	       "5 MiB are allocated behind the reservation, the only place where they fit");
	tap_ok(memory_alloc(4 * MIB, 4 * MIB, 0, &at) && at.pa == BASE,
	       "4 MiB are allocated before the reservation");
	tap_ok(!memory_alloc(8 * MIB, MIB, 0, &at),
	       "8 MiB cannot be allocated where they fit nowhere");
	tap_ok(memory_alloc(MIB, MIB, BASE + 74 * MIB + 1, &at) && at.pa == BASE + 75 * MIB,
	       "an allocation is not below the address that is asked for");
	tap_ok(!memory_alloc(MIB, MIB, BASE + 80 * MIB, &at),
	       "nothing is allocated where there is no RAM");
	tap_ok(!memory_alloc(MIB, BIT(40), 0, &at) && !memory_alloc(MIB, BIT(63), 0, &at),
	       "nothing is allocated at an alignment beyond the RAM");
	tap_ok(!memory_alloc(UINT64_MAX, PAGE_SIZE, 0, &at),
	       "UINT64_MAX bytes cannot be allocated");
	tap_is_u64(memory_free_bytes(), 6 * MIB, "allocations that fail take no memory");
}

/* A lab of 64 VMs makes hundreds of allocations: a range that is used up must not count. */
static void many(void)
{
	unsigned got = 0;
	paddr_t at;

	memory_init();
	memory_add(BASE, BASE + 1000 * PAGE_SIZE);
	while (got < 2000 && memory_alloc(PAGE_SIZE, PAGE_SIZE, 0, &at))
		got++;
	tap_is_u64(got, 1000, "1000 pages can be allocated one at a time");

	memory_init();
	for (unsigned i = 0; i < 64; i++)
		tap_ok(memory_add(BASE + i * 4 * PAGE_SIZE, BASE + (i * 4 + 3) * PAGE_SIZE),
		       "range %u of 64 is added", i);
	tap_ok(!memory_add(BASE + 256 * PAGE_SIZE, BASE + 259 * PAGE_SIZE),
	       "a 65th range is refused");
	tap_ok(!memory_reserve(BASE + PAGE_SIZE, BASE + 2 * PAGE_SIZE),
	       "a reservation that would make a 65th range is refused");
	tap_ok(memory_reserve(BASE + 4 * PAGE_SIZE, BASE + 7 * PAGE_SIZE) &&
		       memory_reserve(BASE + 9 * PAGE_SIZE, BASE + 10 * PAGE_SIZE),
	       "a reservation may split a range after another range has gone");
}

int main(void)
{
	rounding();
	splitting();
	many();
	model();
	return tap_done();
}
