/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_RATES_H
#define TOOLS_TOP_RATES_H

/*
 * The vCPUs by /proc, where no BPF program can run: how long each ran and waited, and the quotas of
 * its VM; the causes are not known. vCPUs are found as `pvtime probe` finds them.
 */
#include "tools/top/limits.h"

struct top_rate;

/* `root` as in names.h. */
struct top_rates {
	int root;
	const char *why; /* why the causes are not known */
	struct top_rate *vcpus;
	size_t count;
	struct top_limits limits;
	uint64_t searched_ns; /* on clock_now_ns() */
};

/*
 * Take the counts since the last call. The call after the one that has found a vCPU reads its
 * counts for the first time, and the next one has it in the sample. false: out of memory; that was
 * reported.
 */
bool top_rates_read(struct top_rates *rates, struct top_sample *sample);

void top_rates_free(struct top_rates *rates);

#endif
