/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/clock.h"
#include "tools/report.h"
#include "tools/top/interval.h"
#include "tools/top/read.h"

/* Tell what is known of the sample's VMs, vCPUs and guests. */
static bool tell(struct top_intervals *intervals, struct top_sample *sample)
{
	struct top_known *known = &intervals->known;
	struct top_facts *facts = &intervals->facts;

	if (!top_known_follow(known, sample))
		return false;
	if (top_guest_is_due(&intervals->pace, known->fresh > 0, known->unknown > 0)) {
		if (!top_facts_read(facts))
			return false;
		top_known_take(known, facts->fact, facts->count);
	}
	return top_known_tell(known, sample);
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
	if (tell(intervals, sample))
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
	top_known_free(&intervals->known);
}
