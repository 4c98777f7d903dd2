/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Save and restore of a vCPU's accounting. The blob, little-endian, version 2:
 *
 *	offset	bytes
 *	0	4	magic "PVTS"
 *	4	2	version
 *	6	2	size of the blob
 *	8	4	CNTFRQ in Hz
 *	12	1	state: OFF or PAUSED
 *	13	1	dialect
 *	14	2	0
 *	16	8 * 5	ticks in each state, in the order of enum pvtime_state
 *	56	8	doubtful ticks
 *	64	8	elapsed ticks, the sum of these
 *	72	8	IPA of the structure, or PVTIME_IPA_NONE
 *	80	8	published ns
 *	88	4	CRC-32 (IEEE 802.3) of the bytes before it
 *
 * A snapshot may come from anywhere. The CRC detects accidental damage; the other checks limit what
 * a forged blob can do. The blob holds no clock value, because the destination has another clock
 * (R-29).
 */
#include "bytes.h"
#include "internal.h"

#define SNAPSHOT_MAGIC	 0x53545650u /* "PVTS" */
#define SNAPSHOT_VERSION 2u

/* The most that is restored: it converts to ns, with room for more. */
#define MAX_SECONDS (500u * 31557600ull)

enum offset {
	AT_MAGIC = 0,
	AT_VERSION = 4,
	AT_BLOB_SIZE = 6,
	AT_FREQ = 8,
	AT_STATE = 12,
	AT_DIALECT = 13,
	AT_ZERO = 14,
	AT_TICKS = 16,
	AT_DOUBTFUL = AT_TICKS + 8 * PVTIME_STATES,
	AT_ELAPSED = AT_DOUBTFUL + 8,
	AT_IPA = AT_ELAPSED + 8,
	AT_PUBLISHED = AT_IPA + 8,
	AT_CRC = AT_PUBLISHED + 8,
};
_Static_assert(AT_CRC + 4 == PVTIME_SNAPSHOT_SIZE,
	       "the layout of the blob must have PVTIME_SNAPSHOT_SIZE bytes");

static bool stopped(unsigned int state)
{
	return state == PVTIME_OFF || state == PVTIME_PAUSED;
}

int pvtime_save(const struct pvtime_vcpu *v, uint64_t now, uint8_t blob[PVTIME_SNAPSHOT_SIZE])
{
	struct pvtime_totals totals;

	if (!stopped(pvtime_get_state(v)))
		return PVTIME_EBUSY;
	pvtime_totals(v, now, &totals);
	put_le(blob + AT_MAGIC, 4, SNAPSHOT_MAGIC);
	put_le(blob + AT_VERSION, 2, SNAPSHOT_VERSION);
	put_le(blob + AT_BLOB_SIZE, 2, PVTIME_SNAPSHOT_SIZE);
	put_le(blob + AT_FREQ, 4, v->rate.freq);
	put_le(blob + AT_STATE, 1, pvtime_get_state(v));
	put_le(blob + AT_DIALECT, 1, v->view.dialect);
	put_le(blob + AT_ZERO, 2, 0);
	for (unsigned int s = 0; s < PVTIME_STATES; s++)
		put_le(blob + AT_TICKS + 8 * s, 8, totals.ticks[s]);
	put_le(blob + AT_DOUBTFUL, 8, totals.doubtful);
	put_le(blob + AT_ELAPSED, 8, totals.elapsed);
	put_le(blob + AT_IPA, 8, pvtime_get_ipa(&v->view));
	put_le(blob + AT_PUBLISHED, 8, pvtime_get_stolen_ns(&v->view));
	put_le(blob + AT_CRC, 4, pvtime_crc32(blob, AT_CRC));
	return PVTIME_OK;
}

/* Check that this is a complete snapshot that this library wrote. */
static int check_form(const uint8_t *blob, size_t size)
{
	if (size != PVTIME_SNAPSHOT_SIZE)
		return PVTIME_ESNAP_SIZE;
	if (get_le(blob + AT_MAGIC, 4) != SNAPSHOT_MAGIC)
		return PVTIME_ESNAP_MAGIC;
	if (get_le(blob + AT_VERSION, 2) != SNAPSHOT_VERSION)
		return PVTIME_ESNAP_VERSION;
	if (get_le(blob + AT_BLOB_SIZE, 2) != PVTIME_SNAPSHOT_SIZE)
		return PVTIME_ESNAP_SIZE;
	if (get_le(blob + AT_CRC, 4) != pvtime_crc32(blob, AT_CRC))
		return PVTIME_ESNAP_CRC;
	return PVTIME_OK;
}

/*
 * Whether the totals are possible, and agree with each other and with what the guest has
 * read.
 */
static bool totals_hold(const uint8_t *blob, uint32_t freq)
{
	uint64_t left = get_le(blob + AT_ELAPSED, 8);

	if (left / freq > MAX_SECONDS)
		return false;
	for (unsigned int s = 0; s <= PVTIME_STATES; s++) {
		uint64_t t = get_le(blob + AT_TICKS + 8 * s, 8);

		if (t > left)
			return false; /* also if the sum would wrap */
		left -= t;
	}
	if (left)
		return false;
	return get_le(blob + AT_PUBLISHED, 8) <=
	       pvtime_ticks_to_ns(get_le(blob + AT_TICKS + 8 * PVTIME_READY, 8), freq);
}

/* Check that the blob fits this vCPU, as it was set up. */
static int check_content(const struct pvtime_vcpu *v, const uint8_t *blob)
{
	if (get_le(blob + AT_FREQ, 4) != v->rate.freq)
		return PVTIME_ESNAP_FREQ;
	if (get_le(blob + AT_DIALECT, 1) != v->view.dialect ||
	    get_le(blob + AT_IPA, 8) != pvtime_get_ipa(&v->view))
		return PVTIME_ESNAP_ABI;
	if (!stopped(blob[AT_STATE]) || get_le(blob + AT_ZERO, 2))
		return PVTIME_ESNAP_STATE;
	if (!totals_hold(blob, v->rate.freq))
		return PVTIME_ESNAP_TOTALS;
	return PVTIME_OK;
}

int pvtime_restore(struct pvtime_vcpu *v, const uint8_t *blob, size_t size, uint64_t now)
{
	int err;

	if (!stopped(pvtime_get_state(v)))
		return PVTIME_EBUSY;
	err = check_form(blob, size);
	if (!err)
		err = check_content(v, blob);
	if (err)
		return err;
	/* The baseline is `now`. */
	pvtime_start(v, now);
	for (unsigned int s = 0; s <= PVTIME_STATES; s++)
		v->ticks[s] = get_le(blob + AT_TICKS + 8 * s, 8);
	/* The origin is as far before it as the saved elapsed time. */
	v->origin -= get_le(blob + AT_ELAPSED, 8);
	v->state = blob[AT_STATE];
	pvtime_restart(&v->view, get_le(blob + AT_PUBLISHED, 8));
	pvtime_show(&v->view, pvtime_ticks_to_ns(v->ticks[PVTIME_READY], v->rate.freq));
	return PVTIME_OK;
}
