/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_NEEDS_H
#define CONFORMANCE_NEEDS_H

/*
 * The words of cases.def, for the guest that runs a case and for the command that expects its
 * result. First, what a case needs:
 */
enum needs {
	NEEDS_ST = 1,	   /* stolen time */
	NEEDS_ABSENCE = 2, /* no stolen time */
	NEEDS_CPUS = 4,	   /* 2 vCPUs or more */
	NEEDS_RESET = 8,   /* a run with reset_ms=, which runs no other case */
};

/* In place of a document's clause: the case is this project's own. */
#define OURS ((const char *)0)

#endif
