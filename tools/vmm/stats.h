/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_STATS_H
#define TOOLS_VMM_STATS_H

/*
 * What KVM counts of a vCPU, and tells while it runs (KVM_GET_STATS_FD, Linux 5.17 for all that is
 * needed here).
 */
#include <stdbool.h>
#include <stdint.h>

struct vcpu_stats {
	int fd;
	int64_t exits, blocking; /* where their values are in the file */
};

/*
 * Of a vCPU's descriptor. Returns 0, or a negative errno: -ENOENT where KVM does not count what is
 * needed.
 */
int stats_open(struct vcpu_stats *stats, int vcpu_fd);
void stats_close(struct vcpu_stats *stats);

/* How often the guest was left, and whether the vCPU waits for an interrupt. */
uint64_t stats_exits(const struct vcpu_stats *stats);
bool stats_blocking(const struct vcpu_stats *stats);

#endif
