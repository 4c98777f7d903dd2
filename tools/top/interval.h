/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_INTERVAL_H
#define TOOLS_TOP_INTERVAL_H

/* The intervals that are measured, each of which begins when the one before it ends. */
#include "tools/top/load.h"
#include "tools/top/sample.h"

struct top_intervals {
	const struct top_program *program;
	uint64_t length_ns;
	uint64_t begin_ns; /* of the present one, on clock_now_ns() */
};

/*
 * Begin the first one. What the program has counted before is dropped. false: the kernel cannot be
 * asked; that was reported.
 */
bool top_intervals_begin(struct top_intervals *intervals);

/* When the present one should end. */
uint64_t top_intervals_due(const struct top_intervals *intervals);

/* End the present one now. false: as above. */
bool top_intervals_end(struct top_intervals *intervals, struct top_sample *sample);

#endif
