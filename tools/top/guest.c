/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/top/guest.h"

#define EAGER 5u  /* a new vCPU is soon settled, unless its guest does nothing */
#define REST  10u /* intervals from one reading to the next, if no vCPU is new */

bool top_guest_is_due(struct top_guest_pace *pace, bool fresh, bool unknown)
{
	if (fresh)
		pace->eager = EAGER;
	bool due = pace->idle + 1 >= REST || (pace->eager > 0 && unknown);
	pace->eager -= pace->eager > 0;
	pace->idle = due ? 0 : pace->idle + 1;
	return due;
}

static void take_counts(struct top_guest_state *state, const struct top_fact *fact)
{
	int64_t ahead = (int64_t)(fact->shown - fact->counted);
	bool again = state->read && state->ahead == ahead && state->counted != fact->counted;

	state->read = true;
	state->counted = fact->counted;
	state->ahead = ahead;
	if (!fact->settled && !again)
		return;
	state->guest = ahead == 0 ? TOP_GUEST_OFF : ahead < 0 ? TOP_GUEST_ON : TOP_GUEST_UNKNOWN;
}

void top_guest_take(struct top_guest_state *state, const struct top_fact *fact)
{
	switch (fact->kind) {
	case TOP_FACT_NOT_OFFERED:
		state->guest = TOP_GUEST_NOT_OFFERED;
		break;
	case TOP_FACT_OFF:
		state->guest = TOP_GUEST_OFF;
		break;
	case TOP_FACT_ON:
		state->guest = TOP_GUEST_ON;
		break;
	default:
		take_counts(state, fact);
		break;
	}
}

const char *top_guest_word(enum top_guest guest)
{
	static const char *const words[] = {[TOP_GUEST_NOT_OFFERED] = "not offered",
					    [TOP_GUEST_OFF] = "off",
					    [TOP_GUEST_ON] = "on",
					    [TOP_GUEST_MIXED] = "mixed"};

	return guest == TOP_GUEST_UNKNOWN ? NULL : words[guest];
}

const char *top_guest_told(enum top_guest guest)
{
	return guest == TOP_GUEST_UNKNOWN ? "unknown" : top_guest_word(guest);
}

const char *top_guest_short(enum top_guest guest)
{
	if (guest == TOP_GUEST_NOT_OFFERED)
		return "none";
	return guest == TOP_GUEST_UNKNOWN ? "?" : top_guest_word(guest);
}

enum top_guest top_guest_of_vm(const struct top_sample *sample, size_t first)
{
	enum top_guest all = TOP_GUEST_UNKNOWN;
	uint32_t process = sample->threads[first].process;

	for (size_t i = first; i < sample->count && sample->threads[i].process == process; i++) {
		enum top_guest one = sample->threads[i].guest;

		if (all == TOP_GUEST_UNKNOWN)
			all = one;
		else if (one != TOP_GUEST_UNKNOWN && one != all)
			all = TOP_GUEST_MIXED;
	}
	return all;
}
