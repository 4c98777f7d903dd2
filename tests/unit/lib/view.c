/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the guest sees, with a total that the caller keeps: the bytes of the page, when they change,
 * and what the vCPU's address may be.
 */
#include <pvtime/version.h>
#include <pvtime/view.h>
#include "tests/tap.h"

/* The page's bytes, as a guest of either byte order sees them. */
static uint64_t read_bytes(const struct pvtime_stolen *page, unsigned int at, unsigned int n)
{
	const volatile uint8_t *p = (const uint8_t *)page;
	uint64_t x = 0;

	while (n--)
		x = x << 8 | p[at + n];
	return x;
}

static uint64_t stolen(const struct pvtime_stolen *page)
{
	return read_bytes(page, 8, 8);
}

static void fill(struct pvtime_stolen *page)
{
	volatile uint8_t *p = (uint8_t *)page;

	for (unsigned int i = 0; i < sizeof(*page); i++)
		p[i] = 0xA5;
}

static void check_format(void)
{
	struct pvtime_stolen pages[3];
	struct pvtime_view view;
	unsigned int padding = 0, beside = 0;

	for (unsigned int i = 0; i < 3; i++)
		fill(&pages[i]);
	pvtime_view_init(&view, PVTIME_DIALECT_1_0);
	pvtime_map(&view, &pages[1]);
	tap_is_u64(read_bytes(&pages[1], 0, 4), 0, "the revision of a new page is 0");
	tap_is_u64(read_bytes(&pages[1], 4, 4), 0, "the attributes of a new page are 0");
	tap_is_u64(stolen(&pages[1]), 0,
		   "the counter of a new page begins at 0, whatever was there");
	tap_ok(pvtime_show(&view, 0x0123456789ABCDEF), "a total is stored");
	tap_is_u64(stolen(&pages[1]), 0x0123456789ABCDEF, "the counter is little-endian");
	for (unsigned int i = 16; i < 64; i++)
		padding += read_bytes(&pages[1], i, 1) ? 1 : 0;
	tap_is_u64(padding, 0, "bytes 16 to 63 of the structure are 0");
	for (unsigned int i = 0; i < 64; i++)
		beside += read_bytes(&pages[0], i, 1) != 0xA5 || read_bytes(&pages[2], i, 1) != 0xA5
				  ? 1
				  : 0;
	tap_is_u64(beside, 0, "nothing beside the structure is written");
	tap_ok(sizeof(view) <= 40, "a view takes %zu bytes, at most 40", sizeof(view));
}

static void check_never_back(void)
{
	struct pvtime_stolen page;
	struct pvtime_view view;

	pvtime_view_init(&view, PVTIME_DIALECT_1_0);
	pvtime_map(&view, &page);
	pvtime_show(&view, 1000);
	tap_ok(pvtime_show(&view, 999), "a total that is less than the last one has a page, too");
	tap_is_u64(stolen(&page), 1000, "a total that is less than the last one is not stored");
	tap_is_u64(pvtime_get_stolen_ns(&view), 1000, "the greater total is kept");
	fill(&page);
	pvtime_show(&view, 0);
	tap_is_u64(stolen(&page), 1000, "a smaller total also repairs what a guest has written");
	pvtime_show(&view, 1000);
	tap_is_u64(stolen(&page), 1000, "the number stands still while the total catches up");
	pvtime_show(&view, 1001);
	tap_is_u64(stolen(&page), 1001, "the number continues when the total has caught up");
}

static void check_failure(void)
{
	struct pvtime_stolen page, other;
	struct pvtime_view view;

	pvtime_view_init(&view, PVTIME_DIALECT_1_0);
	tap_ok(!pvtime_show(&view, 5), "without a page nothing is stored");
	tap_is_u64(pvtime_get_stolen_ns(&view), 0, "what was not stored does not count as stored");
	pvtime_map(&view, &page);
	tap_is_u64(stolen(&page), 0, "a page begins with the total that was last stored");
	pvtime_show(&view, 100);
	pvtime_map(&view, NULL);
	pvtime_show(&view, 200);
	tap_is_u64(stolen(&page), 100, "a page that was taken away is not written");
	fill(&other);
	pvtime_map(&view, &other);
	tap_is_u64(stolen(&other), 100, "another page continues from the last stored total");
	pvtime_show(&view, 210);
	tap_is_u64(stolen(&other), 210, "the next total that is stored has all of it (R-28)");
}

static void check_restart(void)
{
	struct pvtime_stolen page;
	struct pvtime_view view;

	pvtime_view_init(&view, PVTIME_DIALECT_1_0);
	pvtime_set_ipa(&view, 0x10040);
	pvtime_map(&view, &page);
	pvtime_show(&view, 1000);
	fill(&page);
	pvtime_restart(&view, 0);
	tap_ok(read_bytes(&page, 0, 4) == 0 && read_bytes(&page, 63, 1) == 0,
	       "a restart writes the whole structure");
	tap_is_u64(stolen(&page), 0, "a reset takes the number to 0");
	pvtime_show(&view, 7);
	tap_is_u64(stolen(&page), 7, "after a reset, a total below the old one is stored");
	pvtime_restart(&view, 5000);
	tap_is_u64(stolen(&page), 5000, "a restored total is shown at once");
	pvtime_show(&view, 4999);
	tap_is_u64(stolen(&page), 5000, "a restored total is not taken back");
	tap_is_u64(pvtime_get_ipa(&view), 0x10040, "a restart keeps the address");
	pvtime_map(&view, NULL);
	pvtime_restart(&view, 60);
	pvtime_map(&view, &page);
	tap_is_u64(stolen(&page), 60, "a restart without a page counts for the next page");
}

static void check_ipa(void)
{
	static const uint64_t bad[] = {1, 32, 0x10041, 1ull << 63, PVTIME_IPA_NONE, ~63ull};
	struct pvtime_view view, other;

	pvtime_view_init(&view, PVTIME_DIALECT_1_0);
	pvtime_view_init(&other, PVTIME_DIALECT_BETA2);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_is_i64(pvtime_set_ipa(&view, bad[i]), PVTIME_EINVAL,
			   "the address 0x%llx is refused", (unsigned long long)bad[i]);
	tap_is_u64(pvtime_get_ipa(&view), PVTIME_IPA_NONE, "a refused address is not set");
	tap_ok(!pvtime_overlaps(&view, 0) && !pvtime_overlaps(&view, PVTIME_IPA_NONE),
	       "a vCPU without an address overlaps nothing");
	tap_is_i64(pvtime_set_ipa(&view, 0), PVTIME_OK, "the address 0 is accepted");
	tap_is_i64(pvtime_set_ipa(&view, 0), PVTIME_EEXIST, "a second address is refused");
	tap_is_i64(pvtime_set_ipa(&other, (1ull << 63) - 64), PVTIME_OK,
		   "the last address that an int64 can return is accepted");
	tap_ok(pvtime_overlaps(&view, 0) && pvtime_overlaps(&view, 63) &&
		       pvtime_overlaps(&view, ~0ull - 62) &&
		       pvtime_overlaps(&other, (1ull << 63) - 1),
	       "two structures overlap if they share one byte (R-31)");
	tap_ok(!pvtime_overlaps(&view, 64) && !pvtime_overlaps(&view, ~0ull - 63) &&
		       !pvtime_overlaps(&other, 1ull << 63),
	       "structures side by side do not overlap");
}

static void check_dialects(void)
{
	struct pvtime_stolen page;
	struct pvtime_view view;
	int64_t x0 = 0;

	for (unsigned int dialect = 0; dialect < 300; dialect++) {
		bool known = dialect <= PVTIME_DIALECT_BETA2;
		int err = pvtime_view_init(&view, (enum pvtime_dialect)dialect);

		if (err != (known ? PVTIME_OK : PVTIME_EINVAL) ||
		    pvtime_get_dialect(&view) != (known ? dialect : PVTIME_DIALECT_OFF))
			tap_ok(false, "dialect %u is accepted or refused as it should be", dialect);
	}
	tap_is_i64(pvtime_set_ipa(&view, 64), PVTIME_ENXIO,
		   "a vCPU whose dialect was refused gets no address");
	pvtime_service(&view, PVTIME_FID_ST, 0, &x0);
	tap_is_i64(x0, -1, "a vCPU whose dialect was refused has no stolen time");
	fill(&page);
	pvtime_map(&view, &page);
	tap_ok(!pvtime_show(&view, 50), "nothing is stored when stolen time is off");
	tap_is_u64(stolen(&page), 0xA5A5A5A5A5A5A5A5,
		   "the page is not touched when stolen time is off");
}

static void check_version(void)
{
	unsigned int version = 0, part = 0;

	for (const char *c = PVTIME_VERSION_STRING; *c; c++) {
		if (*c == '.') {
			version = (version + part) * 1000;
			part = 0;
		} else {
			part = 10 * part + (unsigned int)(*c - '0');
		}
	}
	tap_is_u64(version + part, PVTIME_VERSION, "the version is the same as text and as number");
}

int main(void)
{
	check_format();
	check_never_back();
	check_failure();
	check_restart();
	check_ipa();
	check_dialects();
	check_version();
	return tap_done();
}
