/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/clock.h"
#include "tools/report.h"
#include "tools/top/interval.h"
#include "tools/top/read.h"

/* Tell what is known of the guests. */
static bool tell_guests(struct top_intervals *intervals, struct top_sample *sample)
{
	struct top_facts *facts = &intervals->facts;
	bool due;

	if (!top_guests_follow(&intervals->guests, sample, &due) || (due && !top_facts_read(facts)))
		return false;
	if (due)
		top_guests_take(&intervals->guests, facts->fact, facts->count);
	top_guests_tell(&intervals->guests, sample);
	return true;
}

static bool read_counts(struct top_intervals *intervals, struct top_sample *sample)
{
	uint32_t epoch;

	if (intervals->program == NULL)
		return top_rates_read(intervals->rates, sample);
	return top_end_epoch(intervals->program, &epoch) &&
	       top_read(sample, intervals->program, epoch);
}

bool top_intervals_end(struct top_intervals *intervals, struct top_sample *sample)
{
	uint64_t now = clock_now_ns();

	if (!read_counts(intervals, sample))
		return false;
	sample->interval_ns = now - intervals->begin_ns;
	intervals->begin_ns = now;
	if (top_known_tell(&intervals->known, sample) && tell_guests(intervals, sample))
		return true;
	report("top: %m");
	top_sample_free(sample);
	return false;
}

static bool end_unseen(struct top_intervals *intervals)
{
	struct top_sample before;

	if (!top_intervals_end(intervals, &before))
		return false;
	top_sample_free(&before);
	return true;
}

/* Rates are read twice: the first time they have found the vCPUs, which may have taken long. */
bool top_intervals_begin(struct top_intervals *intervals)
{
	return (intervals->program != NULL || end_unseen(intervals)) && end_unseen(intervals);
}

uint64_t top_intervals_due(const struct top_intervals *intervals)
{
	return intervals->begin_ns + intervals->length_ns;
}

void top_intervals_free(struct top_intervals *intervals)
{
	top_facts_unload(&intervals->facts);
	top_guests_free(&intervals->guests);
	top_known_free(&intervals->known);
}
