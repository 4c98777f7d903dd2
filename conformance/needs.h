/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_NEEDS_H
#define CONFORMANCE_NEEDS_H

/*
 * Words of cases.def, for the guest that runs a case and for the command that expects it: what has
 * to be there,
 */
enum needs {
	NEEDS_ST = 1,	   /* stolen time */
	NEEDS_ABSENCE = 2, /* none */
	NEEDS_CPUS = 4,	   /* 2 vCPUs or more */
	NEEDS_RESET = 8,   /* a run with reset_ms=, which has no other case */
};

/* and, in place of a document's clause, that the case is this project's own. */
#define OURS ((const char *)0)

#endif
