/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Save and restore: what is carried over, what is not, and each way in which a blob can be wrong
 * (R-23, R-29).
 */
#include <pvtime/ledger.h>
#include "tests/tap.h"

#define FREQ 24000000u
#define IPA  0x090a0000u
#define SIZE PVTIME_SNAPSHOT_SIZE

static struct pvtime_vcpu make_at(enum pvtime_dialect dialect, uint32_t freq, uint64_t ipa,
				  uint64_t now)
{
	struct pvtime_vcpu v;

	pvtime_vcpu_init(&v, dialect, freq, now);
	pvtime_set_ipa(&v.view, ipa);
	return v;
}

static struct pvtime_vcpu make(uint64_t now)
{
	return make_at(PVTIME_DIALECT_1_0, FREQ, IPA, now);
}

/* A vCPU with a past: 10 off, 20 blocked, 4000000 ready, 40 running, then paused at 5000000. */
static struct pvtime_vcpu used(struct pvtime_stolen *page)
{
	struct pvtime_vcpu v = make(1000);

	pvtime_map(&v.view, page);
	pvtime_account(&v, PVTIME_BLOCKED, 1010);
	pvtime_account(&v, PVTIME_READY, 1030);
	pvtime_switch_in(&v, 4001030);
	pvtime_account(&v, PVTIME_PAUSED, 4001070);
	return v;
}

static uint64_t le(const uint8_t *p, unsigned int n)
{
	uint64_t x = 0;

	while (n--)
		x = x << 8 | p[n];
	return x;
}

/* CRC-32 by its definition, from the top bit, on reflected input: not the library's loop. */
static void seal(uint8_t *blob)
{
	uint32_t crc = UINT32_MAX, reflected = 0;

	for (unsigned int i = 0; i < (SIZE - 4) * 8; i++) {
		bool bit = (blob[i / 8] >> i % 8 & 1) != crc >> 31;

		crc = crc << 1 ^ (bit ? 0x04C11DB7u : 0);
	}
	crc = ~crc;
	for (unsigned int i = 0; i < 32; i++)
		reflected |= (crc >> i & 1) << (31 - i);
	for (unsigned int i = 0; i < 4; i++)
		blob[SIZE - 4 + i] = (uint8_t)(reflected >> 8 * i);
}

static void check_format(void)
{
	struct pvtime_stolen page;
	struct pvtime_vcpu v = used(&page);
	uint8_t blob[SIZE], again[SIZE];
	bool same = true;

	tap_is_i64(pvtime_save(&v, 5000000, blob), PVTIME_OK, "a paused vCPU is saved");
	tap_is_u64(le(blob, 4), 0x53545650, "the blob begins with the magic");
	tap_ok(blob[0] == 'P' && blob[1] == 'V' && blob[2] == 'T' && blob[3] == 'S',
	       "the magic's bytes are PVTS");
	tap_is_u64(le(blob + 4, 2), 2, "the blob has version 2");
	tap_is_u64(le(blob + 6, 2), SIZE, "the blob has its size");
	tap_is_u64(le(blob + 8, 4), FREQ, "the blob has the frequency");
	tap_is_u64(blob[12], PVTIME_PAUSED, "the blob has the state");
	tap_is_u64(blob[13], PVTIME_DIALECT_1_0, "the blob has the dialect");
	tap_is_u64(le(blob + 16 + 8 * PVTIME_READY, 8), 4000000, "the blob has the ready ticks");
	tap_is_u64(le(blob + 16 + 8 * PVTIME_PAUSED, 8), 5000000 - 4001070,
		   "the blob has the paused ticks up to the save");
	tap_is_u64(le(blob + 56, 8), 0, "the blob has the doubtful ticks");
	tap_is_u64(le(blob + 64, 8), 5000000 - 1000, "the blob has the elapsed ticks");
	tap_is_u64(le(blob + 72, 8), IPA, "the blob has the address");
	tap_is_u64(le(blob + 80, 8), 166666666, "the blob has the published ns");
	for (unsigned int i = 0; i < SIZE; i++)
		again[i] = blob[i];
	seal(again);
	for (unsigned int i = 0; i < SIZE; i++)
		same = same && again[i] == blob[i];
	tap_ok(same, "the blob's checksum is the CRC-32 of IEEE 802.3");
}

static void check_round_trip(uint64_t start, uint64_t now, const char *where)
{
	struct pvtime_stolen page, there;
	struct pvtime_vcpu v = used(&page), w = make(start);
	struct pvtime_totals totals;
	uint8_t blob[SIZE], again[SIZE];
	bool same = true;

	pvtime_save(&v, 5000000, blob);
	pvtime_map(&w.view, &there);
	tap_is_i64(pvtime_restore(&w, blob, SIZE, now), PVTIME_OK, "%s: the blob is restored",
		   where);
	pvtime_totals(&w, now, &totals);
	tap_is_u64(totals.ticks[PVTIME_READY], 4000000, "%s: the ready ticks are those of the blob",
		   where);
	tap_is_u64(totals.ticks[PVTIME_PAUSED], 998930,
		   "%s: the paused ticks are those of the blob, with none for the transfer", where);
	tap_is_u64(totals.elapsed, 4999000, "%s: the elapsed ticks are those of the blob", where);
	tap_ok(there.stolen_ns == page.stolen_ns, "%s: the guest at once sees what it saw before",
	       where);
	pvtime_save(&w, now, again);
	for (unsigned int i = 0; i < SIZE; i++)
		same = same && blob[i] == again[i];
	tap_ok(same, "%s: the restored vCPU saves the same blob", where);
	/* The vCPU continues from there: 24 ticks are a microsecond. */
	pvtime_account(&w, PVTIME_READY, now + 5);
	pvtime_switch_in(&w, now + 5 + 24);
	tap_is_u64(pvtime_get_stolen_ns(&w.view), 166667666, "%s: new waiting is added to the old",
		   where);
	pvtime_totals(&w, now + 100, &totals);
	tap_is_u64(totals.elapsed, 4999100, "%s: the elapsed ticks continue", where);
	tap_is_u64(totals.ticks[0] + totals.ticks[1] + totals.ticks[2] + totals.ticks[3] +
			   totals.ticks[4],
		   totals.elapsed, "%s: R-25 holds", where);
}

static void check_states(void)
{
	struct pvtime_stolen page;
	struct pvtime_vcpu v = used(&page), w = make(0);
	struct pvtime_totals totals;
	uint8_t blob[SIZE] = {0xEE};
	static const enum pvtime_state busy[] = {PVTIME_BLOCKED, PVTIME_READY, PVTIME_RUNNING};

	for (unsigned int i = 0; i < 3; i++) {
		pvtime_account(&v, busy[i], 5000000);
		tap_is_i64(pvtime_save(&v, 5000000, blob), PVTIME_EBUSY,
			   "a vCPU in state %u is not saved", busy[i]);
	}
	tap_is_u64(blob[0], 0xEE, "a save that is refused does not touch the blob");
	pvtime_account(&v, PVTIME_OFF, 5000000);
	tap_is_i64(pvtime_save(&v, 5000007, blob), PVTIME_OK, "a vCPU that is off is saved");
	for (unsigned int i = 0; i < 3; i++) {
		pvtime_account(&w, busy[i], 0);
		tap_is_i64(pvtime_restore(&w, blob, SIZE, 9), PVTIME_EBUSY,
			   "nothing is restored into a vCPU in state %u", busy[i]);
	}
	pvtime_account(&w, PVTIME_PAUSED, 0);
	tap_is_i64(pvtime_restore(&w, blob, SIZE, 9), PVTIME_OK,
		   "a vCPU that was off is restored into a paused one");
	pvtime_totals(&w, 19, &totals);
	tap_is_u64(totals.ticks[PVTIME_OFF], 10 + 7 + 10,
		   "a vCPU that was off is off again after the restore");
	/* What the thread that restores waited before the restore is not charged. */
	w = make(0);
	pvtime_account(&w, PVTIME_READY, 0);
	pvtime_account(&w, PVTIME_PAUSED, 1000000);
	pvtime_restore(&w, blob, SIZE, 2000000);
	pvtime_totals(&w, 2000000, &totals);
	tap_is_u64(totals.ticks[PVTIME_READY], 4000000,
		   "what the new thread waited before is not charged");
	/* Without a page yet: the first page gets the total. */
	tap_is_u64(pvtime_get_stolen_ns(&w.view), 166666666,
		   "what the guest has read is known without a page");
	page.stolen_ns = 0;
	pvtime_map(&w.view, &page);
	tap_is_u64(pvtime_get_stolen_ns(&w.view), 166666666,
		   "a page that is mapped after the restore starts with the total");
}

/* Change n bytes at `at` to `value`, repair the CRC if `sealed`, and check the error of restore. */
static void refuse(unsigned int at, unsigned int n, uint64_t value, bool sealed, int want,
		   const char *what)
{
	struct pvtime_stolen page, there;
	struct pvtime_vcpu v = used(&page), w = make(50);
	struct pvtime_totals totals;
	uint8_t blob[SIZE];

	pvtime_save(&v, 5000000, blob);
	for (unsigned int i = 0; i < n; i++)
		blob[at + i] = (uint8_t)(value >> 8 * i);
	if (sealed)
		seal(blob);
	pvtime_map(&w.view, &there);
	tap_is_i64(pvtime_restore(&w, blob, SIZE, 100), want, "pvtime_restore() refuses %s", what);
	pvtime_totals(&w, 60, &totals);
	tap_ok(totals.ticks[PVTIME_OFF] == 10 && totals.elapsed == 10 && there.stolen_ns == 0,
	       "a refused restore changes nothing: %s", what);
}

static void check_refusals(void)
{
	const unsigned int ready = 16 + 8 * PVTIME_READY;

	refuse(0, 4, 0x53545651, true, PVTIME_ESNAP_MAGIC, "another magic");
	refuse(4, 2, 3, true, PVTIME_ESNAP_VERSION, "a later version");
	refuse(4, 2, 1, true, PVTIME_ESNAP_VERSION, "an earlier version");
	refuse(4, 2, 0, true, PVTIME_ESNAP_VERSION, "version 0");
	refuse(6, 2, SIZE - 1, true, PVTIME_ESNAP_SIZE, "another size inside");
	refuse(8, 4, 62500000, true, PVTIME_ESNAP_FREQ, "another frequency");
	refuse(8, 4, 0, true, PVTIME_ESNAP_FREQ, "no frequency");
	refuse(12, 1, PVTIME_RUNNING, true, PVTIME_ESNAP_STATE, "state RUNNING");
	refuse(12, 1, PVTIME_STATES, true, PVTIME_ESNAP_STATE, "a state that does not exist");
	refuse(12, 1, 255, true, PVTIME_ESNAP_STATE, "state 255");
	refuse(13, 1, PVTIME_DIALECT_BETA2, true, PVTIME_ESNAP_ABI, "the other dialect");
	refuse(13, 1, PVTIME_DIALECT_OFF, true, PVTIME_ESNAP_ABI, "stolen time off");
	refuse(14, 2, 1, true, PVTIME_ESNAP_STATE, "reserved bits");
	refuse(ready, 8, 4000001, true, PVTIME_ESNAP_TOTALS, "a tick too many");
	refuse(ready, 8, 3999999, true, PVTIME_ESNAP_TOTALS, "a tick too few");
	refuse(16, 8, 0ull - 4000000, true, PVTIME_ESNAP_TOTALS,
	       "a total larger than what elapsed");
	refuse(56, 8, 1, true, PVTIME_ESNAP_TOTALS, "a doubtful tick too many");
	refuse(64, 8, 4999001, true, PVTIME_ESNAP_TOTALS, "a tick that no state has");
	refuse(64, 8, UINT64_MAX, true, PVTIME_ESNAP_TOTALS, "another elapsed");
	refuse(72, 8, IPA + 64, true, PVTIME_ESNAP_ABI, "another address");
	refuse(72, 8, PVTIME_IPA_NONE, true, PVTIME_ESNAP_ABI, "no address");
	refuse(80, 8, 166666667, true, PVTIME_ESNAP_TOTALS, "more published than was stolen");
	refuse(88, 4, 0, false, PVTIME_ESNAP_CRC, "a wrong CRC");
	refuse(80, 8, 166666665, false, PVTIME_ESNAP_CRC, "a wrong bit that only the CRC shows");
}

static void check_sizes(void)
{
	struct pvtime_stolen page;
	struct pvtime_vcpu v = used(&page), w = make(0);
	uint8_t blob[SIZE + 1] = {0};
	unsigned int accepted = 0;

	pvtime_save(&v, 5000000, blob);
	tap_is_i64(pvtime_restore(&w, blob, 0, 0), PVTIME_ESNAP_SIZE,
		   "pvtime_restore() refuses an empty blob");
	tap_is_i64(pvtime_restore(&w, blob, SIZE - 1, 0), PVTIME_ESNAP_SIZE,
		   "pvtime_restore() refuses a blob with a byte missing");
	tap_is_i64(pvtime_restore(&w, blob, SIZE + 1, 0), PVTIME_ESNAP_SIZE,
		   "pvtime_restore() refuses a blob with a byte too many");
	for (unsigned int bit = 0; bit < SIZE * 8; bit++) {
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (pvtime_restore(&w, blob, SIZE, 0) == PVTIME_OK)
			accepted++;
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	/* Two totals that are too large by half of 2^64 each: the sum is right again. */
	for (unsigned int s = 0; s < 2; s++)
		blob[16 + 8 * s + 7] ^= 0x80;
	seal(blob);
	tap_is_i64(pvtime_restore(&w, blob, SIZE, 0), PVTIME_ESNAP_TOTALS,
		   "pvtime_restore() refuses totals whose sum wraps to the right one");
	pvtime_save(&v, 5000000, blob);
	tap_is_u64(accepted, 0, "pvtime_restore() refuses a blob with any single bit wrong");
	tap_is_i64(pvtime_restore(&w, blob, SIZE, 0), PVTIME_OK,
		   "a blob with no wrong bit is restored");
}

/* Save a vCPU that was blocked for `seconds` and nothing else, and restore it. */
static int restore_age(uint64_t seconds)
{
	struct pvtime_vcpu v = make(0), w = make(0);
	uint8_t blob[SIZE];

	pvtime_account(&v, PVTIME_BLOCKED, 0);
	pvtime_account(&v, PVTIME_PAUSED, seconds * FREQ);
	pvtime_save(&v, seconds * FREQ, blob);
	return pvtime_restore(&w, blob, SIZE, 0);
}

static void check_age(void)
{
	const uint64_t years_500 = 500 * 31557600ull;

	tap_is_i64(restore_age(years_500), PVTIME_OK, "500 years are restored");
	tap_is_i64(restore_age(years_500 + 1), PVTIME_ESNAP_TOTALS,
		   "pvtime_restore() refuses more than 500 years");
}

static void check_off(void)
{
	struct pvtime_vcpu v, w;
	uint8_t blob[SIZE];

	pvtime_vcpu_init(&v, PVTIME_DIALECT_OFF, FREQ, 0);
	pvtime_vcpu_init(&w, PVTIME_DIALECT_OFF, FREQ, 0);
	tap_is_i64(pvtime_save(&v, 10, blob), PVTIME_OK, "a vCPU without stolen time is saved");
	tap_is_i64(pvtime_restore(&w, blob, SIZE, 10), PVTIME_OK,
		   "a vCPU without stolen time is restored");
	w = make(0);
	tap_is_i64(pvtime_restore(&w, blob, SIZE, 10), PVTIME_ESNAP_ABI,
		   "a vCPU without stolen time is not restored into one that has it");
	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, 0, 0);
	pvtime_vcpu_init(&w, PVTIME_DIALECT_1_0, 0, 0);
	pvtime_save(&v, 10, blob);
	tap_is_i64(pvtime_restore(&w, blob, SIZE, 10), PVTIME_OK,
		   "a vCPU of a board without a frequency is restored");
}

int main(void)
{
	check_format();
	check_round_trip(0, 100, "a younger clock");
	check_round_trip(1ull << 60, (1ull << 60) + 7, "an older clock");
	check_states();
	check_refusals();
	check_sizes();
	check_age();
	check_off();
	return tap_done();
}
