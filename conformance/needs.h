/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_NEEDS_H
#define CONFORMANCE_NEEDS_H

/* What has to be there for a case of cases.def, for the guest that runs it and for the command that expects it. */
enum needs {
	NEEDS_ST = 1,	   /* stolen time */
	NEEDS_ABSENCE = 2, /* none */
	NEEDS_CPUS = 4,	   /* 2 vCPUs or more */
	NEEDS_RESET = 8,   /* a run with reset_ms=, which has no other case */
};

#endif
