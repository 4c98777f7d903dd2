/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_INTERVAL_H
#define TOOLS_TOP_INTERVAL_H

/* The intervals that are measured, each of which begins when the one before it ends. */
#include "tools/top/facts.h"
#include "tools/top/guest.h"
#include "tools/top/known.h"
#include "tools/top/load.h"
#include "tools/top/rates.h"
#include "tools/top/sample.h"

/* The caller sets the first three, the root in `known`, and loads the facts. */
struct top_intervals {
	const struct top_program *program; /* NULL: the counts are those of `rates` */
	struct top_rates *rates;
	uint64_t length_ns;
	uint64_t begin_ns; /* of the present one, on clock_now_ns() */
	struct top_known known;
	struct top_guest_pace pace;
	struct top_facts facts;
};

/*
 * Begin the first one. What has been counted before is dropped. false: the kernel cannot be asked;
 * that was reported. Free in either case.
 */
bool top_intervals_begin(struct top_intervals *intervals);

/* When the present one should end. */
uint64_t top_intervals_due(const struct top_intervals *intervals);

/* End the present one now. The sample has all names. false: as above. */
bool top_intervals_end(struct top_intervals *intervals, struct top_sample *sample);

void top_intervals_free(struct top_intervals *intervals);

#endif
