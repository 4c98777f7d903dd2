/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_KNOWN_H
#define TOOLS_TOP_KNOWN_H

/*
 * What is known of each vCPU and VM from one interval to the next. Names and numbers are read from
 * /proc when the BPF program has found a new vCPU, and never again. What is not in a sample is
 * forgotten.
 */
#include "tools/top/guest.h"
#include "tools/top/index.h"
#include "tools/top/sample.h"

struct top_known_thread {
	uint32_t serial;
	size_t vm; /* the place of its VM's name */
	bool numbered;
	unsigned number;
	struct top_guest_state guest;
};

/* Begin with zeroes but `root`: a descriptor of the directory that has proc/. */
struct top_known {
	int root;
	struct top_known_thread *threads; /* in the order of the sample that was followed last */
	char (*names)[PROBE_NAME];	  /* of its VMs, likewise */
	size_t thread_count, vm_count;
	struct top_index by_thread, by_process; /* the places of the threads, and of the names */
	size_t fresh;				/* threads that the sample before did not have */
	size_t unknown; /* threads whose guest's stolen time was unknown before this sample */
};

/* Follow the threads of a sample. false: out of memory. */
bool top_known_follow(struct top_known *known, const struct top_sample *sample);

/* Take facts that were read of those threads. */
void top_known_take(struct top_known *known, const struct top_fact *facts, size_t count);

/*
 * Set what is known of the threads and thieves of the sample that was followed last. The sample
 * then has the names itself. false: out of memory.
 */
bool top_known_tell(const struct top_known *known, struct top_sample *sample);

void top_known_free(struct top_known *known);

#endif
