/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/clock.h"
#include "tools/top/interval.h"
#include "tools/top/read.h"

bool top_intervals_end(struct top_intervals *intervals, struct top_sample *sample)
{
	uint64_t now = clock_now_ns();
	uint32_t epoch;

	if (!top_end_epoch(intervals->program, &epoch) ||
	    !top_read(sample, intervals->program, epoch))
		return false;
	sample->interval_ns = now - intervals->begin_ns;
	intervals->begin_ns = now;
	return true;
}

bool top_intervals_begin(struct top_intervals *intervals)
{
	struct top_sample before;

	if (!top_intervals_end(intervals, &before))
		return false;
	top_sample_free(&before);
	return true;
}

uint64_t top_intervals_due(const struct top_intervals *intervals)
{
	return intervals->begin_ns + intervals->length_ns;
}
