/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_CGROUP_H
#define TOOLS_VMM_CGROUP_H

/*
 * Weights and caps: a threaded cgroup (v2) for each vCPU, below the cgroup of this process.
 * tools/vmm/README.md ("Weights and caps") says more.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroups {
	char base[4096];    /* the directory of this process's cgroup */
	pid_t owner;	    /* part of the names of our cgroups */
	uint32_t vcpus[64]; /* how many cgroups each VM has so far */
	uint32_t vm_count;
};

/*
 * Find this process's cgroup. false: it is in no cgroup of version 2; `why` says what was expected.
 */
bool cgroups_open(struct cgroups *g, char *why, size_t room);

/*
 * Make the cgroups of the next VM. weight: 1 to 10000; cap: percent of a CPU, 0 for none. false:
 * `why` says what could not be written, and what was expected.
 */
bool cgroups_add(struct cgroups *g, uint32_t vcpus, uint32_t weight, uint32_t cap, char *why,
		 size_t room);

/* Move the calling thread into the cgroup of a vCPU. Returns 0 or a negative errno. */
int cgroup_enter(const struct cgroups *g, uint32_t vm, uint32_t vcpu);

/* Remove all cgroups. All their threads must have ended. */
void cgroups_remove(struct cgroups *g);

#endif
