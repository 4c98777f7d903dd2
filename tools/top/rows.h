/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_ROWS_H
#define TOOLS_TOP_ROWS_H

/*
 * A sample with its names, as the rows of a table: one for each vCPU, and one for each VM; or, see
 * part.h, one for each of what the stolen time is divided by.
 */
#include "tools/top/cgroups.h"
#include "tools/top/choice.h"
#include "tools/top/names.h"
#include "tools/top/sample.h"

/* What a row is. */
enum top_kind { TOP_ROW_VM, TOP_ROW_VCPU, TOP_ROW_CPU, TOP_ROW_THIEF, TOP_ROW_CGROUP };

/* What one thief took from one vCPU on one CPU. */
struct top_share {
	const struct top_thief *thief;
	const struct top_thread *victim;
};

struct top_row {
	enum top_kind kind;
	const char *name;      /* the VM's, or a part's; it may contain any byte */
	unsigned name_columns; /* how wide the name is on a screen */
	bool chosen;	       /* by --vm or --pid */
	/*
	 * A vCPU's counts; or a VM's sums, with the thread 0; or a part's, with a process and a
	 * thread that only tell it from other parts.
	 */
	struct top_thread sum;
	size_t vcpus;			/* 1 in a vCPU's row; in a part's those that waited */
	bool many_cpus;			/* not only on sum.cpu */
	const struct top_share *shares; /* of the row's stolen time */
	size_t share_count;
	/*
	 * In a VM's row, if the causes are not known: the quotas of its cgroups; none: they are not
	 * known either. Its sum then has the longest of them as its only cause.
	 */
	const struct top_throttled *throttled;
	size_t throttled_count;
};

struct top_parts;

struct top_rows {
	struct top_row *vms, *vcpus; /* in the order of their processes, then of their threads */
	size_t vm_count, vcpu_count;
	struct top_share *shares; /* of the vCPUs, in the same order */
	size_t share_count;
	struct top_parts *parts; /* NULL, or see part.h */
	uint64_t interval_ns;
	const char *unknown;	  /* NULL, or why the causes are not known */
	struct top_sample sample; /* its arrays are the caller's */
	struct top_cgroups *cgroups;
};

/*
 * The sample has its names (known.h), and has to keep its arrays as long as there are rows. Before
 * rows are drawn or divided, `cgroups` has begun with the sample. false: out of memory.
 */
bool top_rows_make(struct top_rows *rows, const struct top_sample *sample,
		   const struct top_choice *choice, struct top_cgroups *cgroups);

void top_rows_free(struct top_rows *rows);

#endif
