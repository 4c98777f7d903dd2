/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/pl031.h"

enum {
	DR = 0x00,
	MR = 0x04,
	LR = 0x08,
	CR = 0x0c,
	IMSC = 0x10,
	RIS = 0x14,
	MIS = 0x18,
	ICR = 0x1c,
	ID = 0xfe0,
	ID_END = 0x1000,
};

/* Whether the alarm has come: RIS. */
static uint32_t has_come(struct pl031 *r, uint64_t now)
{
	if (r->waits && now >= r->due) {
		r->raised = 1;
		r->waits = 0;
	}
	return r->raised != 0;
}

uint32_t pl031_read(struct pl031 *r, uint32_t offset, uint64_t now)
{
	static const uint8_t id[] = {0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

	if (offset >= ID && offset < ID_END && offset % 4 == 0)
		return id[(offset - ID) / 4];
	switch (offset) {
	case DR:
		return (uint32_t)now + r->ahead;
	case MR:
		return r->match;
	case LR:
		return r->load;
	case CR: /* it counts, and cannot be stopped */
		return 1;
	case IMSC:
		return r->mask;
	case RIS:
		return has_come(r, now);
	case MIS:
		return has_come(r, now) & r->mask;
	default:
		return 0;
	}
}

/*
 * Set the alarm to the time at which the 32-bit count of seconds equals MR: now, or after it has
 * wrapped.
 */
static void set_alarm(struct pl031 *r, uint64_t now)
{
	r->due = now + (uint32_t)(r->match - ((uint32_t)now + r->ahead));
	r->waits = 1;
}

void pl031_write(struct pl031 *r, uint32_t offset, uint32_t value, uint64_t now)
{
	has_come(r, now);
	switch (offset) {
	case MR:
		r->match = value;
		set_alarm(r, now);
		break;
	case LR:
		r->load = value;
		r->ahead = value - (uint32_t)now;
		if (r->waits)
			set_alarm(r, now);
		break;
	case IMSC:
		r->mask = value & 1;
		break;
	case ICR:
		if (value & 1)
			r->raised = 0;
		break;
	default:
		break;
	}
}
