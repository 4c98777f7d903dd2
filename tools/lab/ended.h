/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_ENDED_H
#define TOOLS_LAB_ENDED_H

/* How a lab has ended, from what was asked for and what its VMs did. */
#include <stdbool.h>
#include <stdint.h>
#include "tools/lab/ledger.h"

struct ended_by {
	uint64_t run_ns; /* --seconds; 0: none */
	uint32_t until;	 /* the VM of --until; none, if that is no VM of the lab */
	bool asked;	 /* to end, by a signal or Ctrl-] */
	bool failed;	 /* and that was why it was asked */
};

/*
 * Of a final ledger. What the VMs did weighs more than what was asked for meanwhile: "powered off",
 * all of them; "stuck", none of them runs any more; "until"; else "failed", "seconds" or "asked".
 */
const char *ended_word(const struct ledger *ledger, const struct ledger_shape *shape,
		       const struct ended_by *by);

#endif
