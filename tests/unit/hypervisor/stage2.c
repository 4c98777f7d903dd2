/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 2 tables: the block sizes that are chosen, their descriptors, and random mappings compared
 * with a list of them.
 */
#include "stage2.h"
#include "memory.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#include <stdlib.h>
#include <string.h>

#define POOL_PAGES 4096u

static uint8_t *pool;
static unsigned used, pool_pages;

void *page_alloc(unsigned count)
{
	unsigned at = (used + count - 1) / count * count;

	if (at + count > pool_pages)
		return NULL;
	used = at + count;
	return memset(pool + at * PAGE_SIZE, 0, count * PAGE_SIZE);
}

static struct stage2 fresh(unsigned pages)
{
	struct stage2 s2;

	used = 0;
	pool_pages = pages;
	if (!stage2_init(&s2, 7))
		abort();
	return s2;
}

static bool map(struct stage2 *s2, uint64_t ipa, uint64_t pa, uint64_t size)
{
	return stage2_map(s2, (ipaddr_t){ipa}, (paddr_t){pa}, size, S2_READ_WRITE);
}

/* The physical address of `ipa`; UINT64_MAX: not mapped. */
static uint64_t walk(const struct stage2 *s2, uint64_t ipa, uint64_t *block)
{
	paddr_t pa;

	return stage2_walk(s2, (ipaddr_t){ipa}, &pa, block) ? pa.pa : UINT64_MAX;
}

/* The size of the block that maps `ipa`; 0: not mapped. */
static uint64_t block_at(const struct stage2 *s2, uint64_t ipa)
{
	uint64_t block;

	return walk(s2, ipa, &block) == UINT64_MAX ? 0 : block;
}

/*
 * The descriptor of `ipa` and its level, found as the PE does (DDI 0487, D8.2), not by
 * stage2_walk().
 */
static uint64_t descriptor(const struct stage2 *s2, uint64_t ipa, unsigned *level)
{
	uint64_t d = s2->root[ipa >> 30];

	for (*level = 1; *level < 3 && (d & 3) == 3; ++*level) {
		const uint64_t *table = (const uint64_t *)(uintptr_t)(d & UINT64_C(0xfffffffff000));

		d = table[ipa >> (*level == 1 ? 21 : 12) & 511];
	}
	return d;
}

static void blocks(void)
{
	struct stage2 s2 = fresh(64);

	tap_ok(s2.vmid == 7 && (uintptr_t)s2.root % 8192 == 0,
	       "stage2_init() sets the VMID and aligns the root's two tables to 8 KiB");
	tap_ok(map(&s2, GIB, 4 * GIB, 3 * GIB), "3 GiB are mapped");
	tap_is_u64(used, 2, "3 GiB take no table beside the root");
	tap_is_u64(block_at(&s2, GIB), GIB, "3 GiB are mapped as blocks of 1 GiB");
	tap_is_u64(block_at(&s2, 4 * GIB - 1), GIB,
		   "the last byte of 3 GiB is in a block of 1 GiB");
	tap_is_u64(block_at(&s2, 4 * GIB), 0, "nothing behind the 3 GiB is mapped");
	tap_is_u64(block_at(&s2, GIB - 1), 0, "nothing before the 3 GiB is mapped");

	s2 = fresh(64);
	tap_ok(map(&s2, GIB, 4 * GIB + 2 * MIB, GIB + 6 * MIB),
	       "1 GiB + 6 MiB, apart by odd 2 MiB, are mapped");
	tap_is_u64(used, 4, "a mapping apart by odd 2 MiB takes two tables");
	tap_is_u64(block_at(&s2, GIB), 2 * MIB, "a mapping apart by odd 2 MiB has blocks of 2 MiB");
	tap_is_u64(block_at(&s2, 2 * GIB + 5 * MIB), 2 * MIB,
		   "a mapping apart by odd 2 MiB ends in a block of 2 MiB");

	s2 = fresh(64);
	tap_ok(map(&s2, GIB, 4 * GIB + PAGE_SIZE, 4 * MIB),
	       "4 MiB, apart by an odd page, are mapped");
	tap_is_u64(used, 5, "a mapping apart by an odd page takes three tables");
	tap_is_u64(block_at(&s2, GIB + 2 * MIB), PAGE_SIZE,
		   "a mapping apart by an odd page has pages");

	s2 = fresh(64);
	tap_ok(map(&s2, GIB - PAGE_SIZE, 8 * GIB - PAGE_SIZE, 2 * GIB + 2 * MIB + 2 * PAGE_SIZE),
	       "a range with a page more at each end is mapped");
	tap_is_u64(block_at(&s2, GIB - PAGE_SIZE), PAGE_SIZE,
		   "a range that begins with a page begins as a page");
	tap_is_u64(block_at(&s2, 2 * GIB), GIB,
		   "the first whole GiB of the range is a block of 1 GiB");
	tap_is_u64(block_at(&s2, 3 * GIB), 2 * MIB,
		   "the 2 MiB behind the GiB are a block of 2 MiB");
	tap_is_u64(block_at(&s2, 3 * GIB + 2 * MIB), PAGE_SIZE,
		   "a range that ends with a page ends as a page");
	tap_is_u64(used, 6, "a range with a page more at each end takes four tables");
}

/* Block and page descriptors (DDI 0487, D8.3.2): MemAttr 0b1111, S2AP, SH 0b11, AF, XN. */
static void attributes(void)
{
	const uint64_t common = 1 | 0xf << 2 | 3 << 8 | 1 << 10;
	const uint64_t writable = common | 3 << 6, read_only = common | 1 << 6 | BIT(54);
	struct stage2 s2 = fresh(64);
	unsigned level;

	map(&s2, GIB, 2 * GIB, GIB);
	map(&s2, 2 * GIB, 3 * GIB + 2 * MIB, 2 * MIB);
	map(&s2, 2 * GIB + 2 * MIB, GIB + PAGE_SIZE, PAGE_SIZE);
	stage2_map(&s2, (ipaddr_t){0x090a0000}, (paddr_t){0x7ff0000}, 0x10000, S2_READ_ONLY);
	stage2_map(&s2, (ipaddr_t){4 * MIB}, (paddr_t){8 * MIB}, 2 * MIB, S2_READ_ONLY);
	tap_is_u64(descriptor(&s2, GIB, &level), (2 * GIB) | writable,
		   "a read-write block of 1 GiB has the right descriptor");
	tap_is_u64(level, 1, "a block of 1 GiB is at level 1");
	tap_is_u64(descriptor(&s2, 2 * GIB, &level), (3 * GIB + 2 * MIB) | writable,
		   "a read-write block of 2 MiB has the right descriptor");
	tap_is_u64(level, 2, "a block of 2 MiB is at level 2");
	tap_is_u64(descriptor(&s2, 2 * GIB + 2 * MIB, &level), (GIB + PAGE_SIZE) | writable | 2,
		   "a read-write page has the right descriptor");
	tap_is_u64(level, 3, "a page is at level 3");
	tap_is_u64(descriptor(&s2, 0x090af000, &level), 0x7fff000 | read_only | 2,
		   "a read-only page has the right descriptor, and is not executable (R-21)");
	tap_is_u64(descriptor(&s2, 4 * MIB, &level), (8 * MIB) | read_only,
		   "a read-only block of 2 MiB has the right descriptor");
}

static void refusals(void)
{
	static const struct {
		uint64_t ipa, pa, size;
		const char *what;
	} cases[] = {
		{GIB + 1, GIB, PAGE_SIZE, "an IPA inside a page"},
		{GIB, GIB + 0x800, PAGE_SIZE, "a physical address inside a page"},
		{GIB, GIB, PAGE_SIZE + 8, "a size that is not of whole pages"},
		{BIT(40), GIB, PAGE_SIZE, "an IPA of 41 bits"},
		{BIT(40) - PAGE_SIZE, GIB, 2 * PAGE_SIZE, "an end beyond 40 bits"},
		{GIB, GIB, UINT64_MAX - PAGE_SIZE + 1, "a size that wraps around"},
		{UINT64_MAX - PAGE_SIZE + 1, GIB, PAGE_SIZE, "the last page of 64 bits"},
	};
	struct stage2 s2 = fresh(64);
	uint64_t block, some = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
		tap_ok(!map(&s2, cases[i].ipa, cases[i].pa, cases[i].size),
		       "stage2_map() refuses %s", cases[i].what);
	for (unsigned i = 0; i < 1024; i++)
		some |= s2.root[i];
	tap_is_u64(some, 0, "a mapping that is refused maps nothing");
	tap_ok(map(&s2, BIT(40) - GIB, 0, GIB), "the last GiB of 40 bits can be mapped");
	tap_is_u64(walk(&s2, BIT(40) - 1, &block), GIB - 1, "the last byte of 40 bits is mapped");
	tap_is_u64(walk(&s2, BIT(40), &block), UINT64_MAX, "nothing beyond 40 bits is mapped");
	tap_ok(map(&s2, 3 * GIB, GIB, 0) && block_at(&s2, 3 * GIB) == 0,
	       "a mapping of no bytes is accepted and maps nothing");
}

/*
 * With any number of tables that is too small the mapping fails, and what is mapped by then is
 * right.
 */
static void out_of_memory(void)
{
	const uint64_t ipa = GIB - 2 * PAGE_SIZE, pa = 3 * GIB + 6 * PAGE_SIZE, size = 4 * MIB;
	unsigned needed, wrong = 0;
	struct stage2 s2 = fresh(64);
	uint64_t block;

	pool_pages = 1;
	used = 0;
	tap_ok(!stage2_init(&s2, 1), "stage2_init() fails without memory for the root");
	s2 = fresh(64);
	map(&s2, ipa, pa, size);
	needed = used;
	tap_is_u64(needed, 2 + 2 + 3,
		   "4 MiB of pages over a GiB boundary take seven tables, the root's two included");
	for (unsigned pages = 2; pages < needed; pages++) {
		s2 = fresh(pages);
		wrong += map(&s2, ipa, pa, size);
		for (uint64_t at = 0; at < size; at += PAGE_SIZE) {
			uint64_t found = walk(&s2, ipa + at, &block);

			wrong += found != UINT64_MAX && found != pa + at;
		}
		wrong += walk(&s2, ipa - 1, &block) != UINT64_MAX ||
			 walk(&s2, ipa + size, &block) != UINT64_MAX;
	}
	tap_is_u64(wrong, 0, "a mapping with too few tables fails, and maps nothing wrong");
}

struct mapping {
	uint64_t ipa, pa, size;
};

static uint64_t expected(const struct mapping *maps, unsigned n, uint64_t ipa)
{
	for (unsigned i = 0; i < n; i++)
		if (ipa - maps[i].ipa < maps[i].size)
			return maps[i].pa + (ipa - maps[i].ipa);
	return UINT64_MAX;
}

/* The differences at addresses where a mapping begins or ends, and at some in between. */
static unsigned compare(const struct stage2 *s2, const struct mapping *maps, unsigned n,
			uint64_t *seed)
{
	unsigned bad = 0;
	uint64_t block;

	for (unsigned i = 0; i < 400; i++) {
		const struct mapping *m = &maps[random_below(seed, n)];
		uint64_t ipa = m->ipa + random_below(seed, m->size);

		if (i % 4 == 0)
			ipa = m->ipa + (i % 8 ? m->size : 0) - random_below(seed, 2);
		if (i % 16 == 1)
			ipa = random_below(seed, BIT(41));
		bad += walk(s2, ipa, &block) != expected(maps, n, ipa);
	}
	return bad;
}

static void random_maps(void)
{
	uint64_t seed = 0x2545F4914F6CDD1D;
	unsigned bad = 0, total = 0;

	for (unsigned round = 0; round < 300; round++) {
		struct stage2 s2 = fresh(POOL_PAGES);
		struct mapping maps[12];
		uint64_t ipa = 0;
		unsigned n = 0;

		while (n < ARRAY_SIZE(maps)) {
			uint64_t unit = PAGE_SIZE << 9 * random_below(&seed, 3);
			struct mapping *m = &maps[n];

			ipa = align_up(ipa, unit) + unit * random_below(&seed, 3);
			*m = (struct mapping){
				ipa, align_up(random_below(&seed, BIT(44)), unit),
				unit * (1 + random_below(&seed, 700 >> (unit == GIB ? 7 : 0)))};
			if (ipa + m->size > BIT(40))
				break;
			bad += !map(&s2, m->ipa, m->pa, m->size);
			ipa += m->size;
			n++;
		}
		bad += compare(&s2, maps, n, &seed);
		total += n;
	}
	tap_is_u64(bad, 0,
		   "300 random address spaces map every address that is tried as the list has it");
	tap_ok(total > 3000, "the random address spaces have %u mappings, more than 3000", total);
}

/* One page that fills several ranges, by one table that two VMs share. */
static void repeated(void)
{
	struct stage2 a = fresh(POOL_PAGES), b;
	uint64_t *table = stage2_repeat((paddr_t){0x123000}, S2_READ_EXECUTE), block, wrong = 0;

	tap_ok(table != NULL && stage2_init(&b, 2), "stage2_repeat() makes a table of one page");
	tap_ok(stage2_map_repeated(&a, (ipaddr_t){0}, 128 * MIB, table) &&
		       stage2_map_repeated(&b, (ipaddr_t){GIB - 2 * MIB}, 4 * MIB, table),
	       "a table of one page is mapped over and over in two VMs");
	for (uint64_t at = 0; at < 128 * MIB; at += PAGE_SIZE)
		wrong += walk(&a, at + 8, &block) != 0x123008 || block != PAGE_SIZE;
	tap_is_u64(wrong, 0, "every page of the repeated mapping is the same page");
	tap_is_u64(walk(&a, 128 * MIB, &block), UINT64_MAX,
		   "nothing behind the repeated mapping is mapped");
	tap_ok(walk(&b, GIB - 2 * MIB, &block) == 0x123000 && walk(&b, GIB, &block) == 0x123000 &&
		       walk(&b, GIB + 2 * MIB, &block) == UINT64_MAX,
	       "a repeated mapping may cross the end of a table");
	tap_ok(!stage2_map_repeated(&a, (ipaddr_t){PAGE_SIZE}, 2 * MIB, table) &&
		       !stage2_map_repeated(&a, (ipaddr_t){0}, MIB, table) &&
		       !stage2_map_repeated(&a, (ipaddr_t){BIT(40) - 2 * MIB}, 4 * MIB, table),
	       "a repeated mapping that is not aligned, or goes beyond 40 bits, is refused");
	a = fresh(2);
	tap_ok(stage2_repeat((paddr_t){0x123000}, S2_READ_ONLY) == NULL &&
		       !stage2_map_repeated(&a, (ipaddr_t){0}, 2 * MIB, table),
	       "stage2_repeat() and stage2_map_repeated() fail without memory");
}

int main(void)
{
	pool = aligned_alloc(2 * PAGE_SIZE, POOL_PAGES * PAGE_SIZE);
	if (!pool)
		return 1;
	blocks();
	attributes();
	refusals();
	out_of_memory();
	random_maps();
	repeated();
	free(pool);
	return tap_done();
}
