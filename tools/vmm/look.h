/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_LOOK_H
#define TOOLS_VMM_LOOK_H

/* What Linux and KVM tell of a vCPU's thread, without its noticing. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "tools/vmm/account.h"
#include "tools/vmm/stats.h"

struct looker {
	int schedstat, stat; /* of /proc/thread-self */
	clockid_t clock;     /* its CPU time */
};

uint64_t look_now(void);

/* For the calling thread. Returns 0 or a negative errno. */
int look_open(struct looker *looker);
void look_close(struct looker *looker);

/*
 * By another thread. in_kvm: whether it is in KVM_RUN, which it writes itself. false: it has ended.
 */
bool look_at(const struct looker *looker, const struct vcpu_stats *stats, const bool *in_kvm,
	     struct look *look);

/* By the thread itself. false: Linux says nothing, which cannot be. */
bool look_at_self(const struct looker *looker, struct look *look);

#endif
