/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_KNOWN_H
#define TOOLS_TOP_KNOWN_H

/*
 * The names of VMs and the numbers of vCPUs. They are read from /proc when the BPF program has
 * found a new vCPU, and never again; they are forgotten when its thread has ended.
 */
#include "tools/top/sample.h"

struct top_known_thread {
	uint32_t process, thread, serial;
	bool numbered;
	unsigned number;
};

struct top_known_vm {
	uint32_t process;
	char name[PROBE_NAME];
};

/* Begin with zeroes but `root`: a descriptor of the directory that has proc/. */
struct top_known {
	int root;
	struct top_known_thread *threads; /* in the order of their processes, then threads */
	struct top_known_vm *vms;	  /* in the order of their processes */
	size_t thread_count, vm_count;
};

/*
 * Set the names of the sample's threads and thieves, which the sample then has itself. What the
 * sample does not have is forgotten. false: out of memory.
 */
bool top_known_tell(struct top_known *known, struct top_sample *sample);

void top_known_free(struct top_known *known);

#endif
