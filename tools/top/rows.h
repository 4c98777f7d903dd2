/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_ROWS_H
#define TOOLS_TOP_ROWS_H

/* A sample with its names, as the rows of a table: one for each vCPU, and one for each VM. */
#include "tools/top/cgroups.h"
#include "tools/top/choice.h"
#include "tools/top/names.h"
#include "tools/top/sample.h"

struct top_row {
	const char *vm;	     /* its name; it may contain any byte */
	unsigned vm_columns; /* that the name takes on a screen */
	bool chosen;	     /* by --vm or --pid */
	/* a vCPU's counts; or a VM's sums, with the thread 0 */
	struct top_thread sum;
	size_t vcpus;	/* 1 in a vCPU's row */
	bool many_cpus; /* its vCPUs have been on several CPUs, not only on sum.cpu */
	const struct top_thread *threads; /* the row's vCPUs in the sample */
	/*
	 * In a VM's row, if the causes are not known: the quotas of its cgroups; none: they are not
	 * known either. Its sum then has the longest of them as its only cause.
	 */
	const struct top_throttled *throttled;
	size_t throttled_count;
};

struct top_rows {
	struct top_row *vms, *vcpus; /* in the order of their processes, then of their threads */
	size_t vm_count, vcpu_count;
	uint64_t interval_ns;
	const char *unknown;	  /* NULL, or why the causes are not known */
	struct top_sample sample; /* of which it has nothing itself */
	struct top_cgroups *cgroups;
};

/*
 * The sample has its names (known.h), and has to keep its arrays as long as there are rows. The
 * pane asks `cgroups`. false: out of memory.
 */
bool top_rows_make(struct top_rows *rows, const struct top_sample *sample,
		   const struct top_choice *choice, struct top_cgroups *cgroups);

void top_rows_free(struct top_rows *rows);

#endif
