/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_CGROUP_H
#define TOOLS_VMM_CGROUP_H

/*
 * Weights and caps: a threaded cgroup (v2) for each vCPU, below the one that this process is in.
 * tools/vmm/README.md ("Weights and caps") says more.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroups {
	char base[4096];    /* the folder of this process' cgroup */
	pid_t owner;	    /* in the names of ours */
	uint32_t vcpus[64]; /* of each VM, made so far */
	uint32_t vm_count;
};

/*
 * Find this process' cgroup. Returns false, and `why` says what was expected, where there is none
 * of version 2.
 */
bool cgroups_open(struct cgroups *g, char *why, size_t room);

/*
 * Make those of one VM more. weight: 1 to 10000; cap: percent of a CPU, 0 for none. false: `why`
 * says what could not be written, and what is expected.
 */
bool cgroups_add(struct cgroups *g, uint32_t vcpus, uint32_t weight, uint32_t cap, char *why,
		 size_t room);

/* Put the calling thread into that of a vCPU. Returns 0 or a negative errno. */
int cgroup_enter(const struct cgroups *g, uint32_t vm, uint32_t vcpu);

/* Remove all of them; their threads have ended. */
void cgroups_remove(struct cgroups *g);

#endif
