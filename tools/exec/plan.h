/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_PLAN_H
#define TOOLS_EXEC_PLAN_H

/* Decides where the structures of a VM go, from what is known about the VM. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/region.h>
#include "tools/exec/maps.h"
#include "tools/exec/watch.h"

/* What is known about the VM. */
struct exec_known {
	const struct exec_kvm *kvm;
	size_t vm;
	bool ipa_given; /* --ipa was given */
	uint64_t ipa;
	const struct exec_map *map;	  /* of the VMM; NULL: unknown VMM */
	bool fdt;			  /* the guest's FDT was read */
	const struct pvtime_range *named; /* the ranges that it names */
	size_t named_count;
	uint32_t slots; /* how many slots a VM can have (KVM_CAP_NR_MEMSLOTS) */
};

struct exec_plan {
	struct pvtime_range region;
	uint32_t slot;
	bool found;    /* the place was searched for, which the user should know */
	char how[128]; /* what determined the place, or why there is none */
};

enum exec_place {
	EXEC_PLACED,
	EXEC_UNPLACED, /* there is no place */
	EXEC_UNKNOWN,  /* only the FDT or --ipa could determine one */
};

enum exec_place exec_plan(const struct exec_known *known, struct exec_plan *plan);

#endif
