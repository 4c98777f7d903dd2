/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_STATS_H
#define TOOLS_VMM_STATS_H

/*
 * KVM's statistics of a vCPU, which can be read while it runs (KVM_GET_STATS_FD). Linux 5.17 has
 * all that are needed here.
 */
#include <stdbool.h>
#include <stdint.h>

struct vcpu_stats {
	int fd;
	int64_t exits, blocking; /* offsets of these values in the file */
};

/*
 * Open the statistics of the vCPU with this descriptor. Returns 0 or a negative errno; -ENOENT: KVM
 * does not have the statistics that are needed.
 */
int stats_open(struct vcpu_stats *stats, int vcpu_fd);
void stats_close(struct vcpu_stats *stats);

/* How often the vCPU has exited from the guest, and whether it waits for an interrupt. */
uint64_t stats_exits(const struct vcpu_stats *stats);
bool stats_blocking(const struct vcpu_stats *stats);

#endif
