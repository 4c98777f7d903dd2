/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_SAMPLE_H
#define TOOLS_TOP_SAMPLE_H

/*
 * What was counted in one interval, by vCPU and thief: by the BPF program, in an epoch of its own;
 * or without causes (rates.h).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>
#include "tools/probe/vm_name.h"
#include "tools/top/bpf/counts.h"
#include "tools/top/maps.h"
#include "tools/top/names.h"

/* Stolen time in a guest: what of it the host can know. */
enum top_guest {
	TOP_GUEST_UNKNOWN,
	TOP_GUEST_NOT_OFFERED,
	TOP_GUEST_OFF, /* offered, but the guest does not use it */
	TOP_GUEST_ON,
	TOP_GUEST_MIXED, /* of a VM: its vCPUs differ */
};

/*
 * A thread that ran while the vCPU waited on one CPU, or a quota that held it. Those for which the
 * program had no room are one thief for each cause, of the name TOP_OTHERS, without a thread, a
 * process and a cgroup.
 */
#define TOP_OTHERS "others"
#define TOP_NO_CPU UINT32_MAX
struct top_thief {
	enum top_cause cause;
	uint32_t victim;	  /* the vCPU's thread */
	uint32_t thread, process; /* process is 0 for a kernel thread; a quota has neither */
	uint32_t cpu;		  /* in whose queue the vCPU waited; others have TOP_NO_CPU */
	uint64_t cgroup;	  /* the ID of the thread's, or of the one whose quota it is */
	char name[TOP_NAME];
	const char *vm; /* the other VM's name, or NULL; see known.h */
	uint64_t ns;
};

struct top_thread {
	uint32_t thread, process;
	uint32_t cpu;	 /* the last one that it ran on or waited for */
	uint64_t group;	 /* the scheduler's address of its cgroup */
	uint32_t serial; /* as in struct top_vcpu */
	bool exited;
	/* known.h */
	const char *vm; /* its VM's name; it may contain any byte */
	bool numbered;	/* `number` is the vCPU's */
	unsigned number;
	enum top_guest guest;
	uint64_t run_ns, stolen_ns;
	uint64_t interrupts_ns; /* taken while it had its CPU; unknown if the causes are */
	uint64_t by_cause[TOP_CAUSES];
	uint64_t unattributed;
	/* the worst first; they are in top_sample.thieves */
	const struct top_thief *thieves;
	size_t thief_count;
};

/* How long the quota of a cgroup held what is in it, summed over the CPUs. */
struct top_throttled {
	uint32_t process;	 /* of a VM with a vCPU in the cgroup or below it */
	char cgroup[TOP_CGROUP]; /* its path; one with a longer path is left out */
	uint64_t ns;
};

/* The threads of vCPUs, in the order of their processes. */
struct top_sample {
	struct top_thread *threads;
	size_t count;
	struct top_thief *thieves;
	size_t thief_count;
	char (*names)[PROBE_NAME]; /* of the VMs */
	uint64_t interval_ns;	   /* the caller sets it */
	/*
	 * NULL, or why the causes are not known: then there are no thieves, and `throttled` says
	 * what quotas took, as far as it can be read, in the order of processes and the longest
	 * first.
	 */
	const char *unknown;
	struct top_throttled *throttled;
	size_t throttled_count;
};

/* Take the counts of an epoch. false: out of memory. */
bool top_sample_make(struct top_sample *sample, const struct top_tables *tables);

/*
 * By how much the causes and what is unattributed exceed the stolen time: 0, or there is a bug.
 * Only if the causes are known.
 */
int64_t top_excess(const struct top_thread *thread);

void top_sample_free(struct top_sample *sample);

#endif
