/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_ENDED_H
#define TOOLS_LAB_ENDED_H

/* Determines why a lab ended, from the options, the user's request, and the ends of its VMs. */
#include <stdbool.h>
#include <stdint.h>
#include "tools/lab/ledger.h"

struct ended_by {
	uint64_t run_ns; /* --seconds; 0: none */
	uint32_t until;	 /* index of the VM of --until; not less than vm_count: none */
	bool asked;	 /* the lab was asked to end: by a signal, by Ctrl-], or after a failure */
	bool failed;	 /* the lab failed */
};

/*
 * The reason why the lab of this final ledger ended; the ends of the VMs come before requests. The
 * first that applies: "powered off", all VMs have; "stuck", no VM runs, but some did not power off;
 * "until", that VM has ended; "failed"; "seconds"; "asked".
 */
const char *ended_word(const struct ledger *ledger, const struct ledger_shape *shape,
		       const struct ended_by *by);

#endif
