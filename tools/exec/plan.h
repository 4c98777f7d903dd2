/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_PLAN_H
#define TOOLS_EXEC_PLAN_H

/* Where the structures of a VM go: decided from what is known of it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/region.h>
#include "tools/exec/maps.h"
#include "tools/exec/watch.h"

/* What is known. */
struct exec_known {
	const struct exec_kvm *kvm;
	size_t vm;
	bool ipa_given; /* by --ipa */
	uint64_t ipa;
	const struct exec_map *map;	  /* of the VMM, or NULL */
	bool fdt;			  /* the guest's FDT was read ... */
	const struct pvtime_range *named; /* ... and names these */
	size_t named_count;
	uint32_t slots; /* that a VM can have (KVM_CAP_NR_MEMSLOTS) */
};

struct exec_plan {
	struct pvtime_range region;
	uint32_t slot;
	bool found;    /* it was looked for, which people should know */
	char how[128]; /* whose choice it is, or why there is none */
};

enum exec_place {
	EXEC_PLACED,
	EXEC_UNPLACED, /* there is none */
	EXEC_UNKNOWN,  /* only an FDT or --ipa could tell */
};

enum exec_place exec_plan(const struct exec_known *known, struct exec_plan *plan);

#endif
