/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_ROWS_H
#define TOOLS_TOP_ROWS_H

/* A sample with its names, as the rows of a table: one for each vCPU, and one for each VM. */
#include "tools/top/choice.h"
#include "tools/top/names.h"
#include "tools/top/sample.h"

struct top_row {
	const char *vm;	     /* its name; it may contain any byte */
	unsigned vm_columns; /* that the name takes on a screen */
	bool chosen;	     /* by --vm or --pid */
	/* a vCPU's counts; or a VM's sums, with the thread 0 */
	struct top_thread sum;
	bool numbered; /* `number` is the vCPU's */
	unsigned number;
	size_t vcpus;	/* 1 in a vCPU's row */
	bool many_cpus; /* its vCPUs have been on several CPUs, not only on sum.cpu */
	const struct top_thread *threads; /* the row's vCPUs in the sample */
};

struct top_rows {
	struct top_row *vms, *vcpus; /* in the order of their processes, then of their threads */
	size_t vm_count, vcpu_count;
	uint64_t interval_ns;
	int root;		 /* as in names.h */
	char (*names)[TOP_TEXT]; /* of the VMs */
};

/* The row of a process's VM; NULL: there is none. */
const struct top_row *top_rows_vm(const struct top_rows *rows, uint32_t process);

/*
 * The sample has to remain as long as the rows. Names that `before` has, the rows of an earlier
 * sample or NULL, are not looked up again. false: out of memory.
 */
bool top_rows_make(struct top_rows *rows, const struct top_sample *sample,
		   const struct top_choice *choice, const struct top_rows *before, int root);

void top_rows_free(struct top_rows *rows);

#endif
