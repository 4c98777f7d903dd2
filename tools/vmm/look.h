/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_LOOK_H
#define TOOLS_VMM_LOOK_H

/* Reads from Linux and KVM what a vCPU's thread does, without disturbing it. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "tools/vmm/account.h"
#include "tools/vmm/stats.h"

struct looker {
	int schedstat, stat; /* descriptors of these files of /proc/thread-self */
	clockid_t clock;     /* the thread's CPU time */
};

uint64_t look_now(void);

/* Open the files of the calling thread. Returns 0 or a negative errno. */
int look_open(struct looker *looker);
void look_close(struct looker *looker);

/*
 * Look at a thread from another thread. `in_kvm` is true while the thread is in KVM_RUN; the thread
 * sets it itself. false: the thread has ended.
 */
bool look_at(const struct looker *looker, const struct vcpu_stats *stats, const bool *in_kvm,
	     struct look *look);

/* Look at the calling thread. false: the files cannot be read, which should not happen. */
bool look_at_self(const struct looker *looker, struct look *look);

#endif
