/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "tools/top/guest.h"

#define EAGER 5u  /* a new vCPU is soon settled, unless its guest does nothing */
#define REST  10u /* intervals from one reading to the next, if no vCPU is new */

static int by_thread(const void *a, const void *b)
{
	const struct top_guest_thread *x = a, *y = b;

	return (x->thread > y->thread) - (x->thread < y->thread);
}

static struct top_guest_thread *find(const struct top_guests *guests, uint32_t thread)
{
	const struct top_guest_thread key = {.thread = thread};

	return guests->count == 0 ? NULL
				  : bsearch(&key, guests->threads, guests->count,
					    sizeof(*guests->threads), by_thread);
}

static bool is_unknown(const struct top_guests *guests)
{
	for (size_t i = 0; i < guests->count; i++)
		if (guests->threads[i].guest == TOP_GUEST_UNKNOWN)
			return true;
	return false;
}

static bool is_due(struct top_guests *guests, bool fresh)
{
	if (fresh)
		guests->eager = EAGER;
	bool due = guests->idle + 1 >= REST || (guests->eager > 0 && is_unknown(guests));
	guests->eager -= guests->eager > 0;
	guests->idle = due ? 0 : guests->idle + 1;
	return due;
}

bool top_guests_follow(struct top_guests *guests, const struct top_sample *sample, bool *due)
{
	/* One more element than needed, so that an empty list is no NULL. */
	struct top_guest_thread *threads = calloc(sample->count + 1, sizeof(*threads));
	bool fresh = false;

	if (threads == NULL)
		return false;
	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];
		const struct top_guest_thread *old = find(guests, thread->thread);

		if (old != NULL && old->serial == thread->serial) {
			threads[i] = *old;
			continue;
		}
		threads[i] = (struct top_guest_thread){.thread = thread->thread,
						       .serial = thread->serial};
		fresh = true;
	}
	free(guests->threads);
	guests->threads = threads;
	guests->count = sample->count;
	if (guests->count > 0)
		qsort(threads, guests->count, sizeof(*threads), by_thread);
	*due = is_due(guests, fresh);
	return true;
}

static void take_counts(struct top_guest_thread *thread, const struct top_fact *fact)
{
	int64_t ahead = (int64_t)(fact->shown - fact->counted);
	bool again = thread->read && thread->ahead == ahead && thread->counted != fact->counted;

	thread->read = true;
	thread->counted = fact->counted;
	thread->ahead = ahead;
	if (!fact->settled && !again)
		return;
	thread->guest = ahead == 0 ? TOP_GUEST_OFF : ahead < 0 ? TOP_GUEST_ON : TOP_GUEST_UNKNOWN;
}

static void take(struct top_guest_thread *thread, const struct top_fact *fact)
{
	switch (fact->kind) {
	case TOP_FACT_NOT_OFFERED:
		thread->guest = TOP_GUEST_NOT_OFFERED;
		break;
	case TOP_FACT_OFF:
		thread->guest = TOP_GUEST_OFF;
		break;
	case TOP_FACT_ON:
		thread->guest = TOP_GUEST_ON;
		break;
	default:
		take_counts(thread, fact);
		break;
	}
}

void top_guests_take(struct top_guests *guests, const struct top_fact *facts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct top_guest_thread *thread = find(guests, facts[i].thread);

		if (thread != NULL)
			take(thread, &facts[i]);
	}
}

void top_guests_tell(const struct top_guests *guests, struct top_sample *sample)
{
	for (size_t i = 0; i < sample->count; i++) {
		const struct top_guest_thread *known = find(guests, sample->threads[i].thread);

		if (known != NULL)
			sample->threads[i].guest = known->guest;
	}
}

void top_guests_free(struct top_guests *guests)
{
	free(guests->threads);
	*guests = (struct top_guests){.threads = NULL};
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
