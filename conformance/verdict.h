/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_VERDICT_H
#define CONFORMANCE_VERDICT_H

/*
 * The verdict on the running case, and its TAP line. check(), observe() and skip() are in suite.h.
 */
extern struct verdicts {
	unsigned run;		/* lines printed */
	unsigned wrong, weaker; /* of them "not ok": the documents' cases, and ours */
} verdicts;

/* CPU 0, with no other CPU in a case. */
void verdict_begin(void);
/* `by`: the clause of the document that the case is from; OURS */
void verdict_end(const char *rule, const char *name, const char *by, const char *text);
void verdict_plan(void);

/* "Bail out! REASON", and power off. */
__attribute__((format(printf, 1, 2))) _Noreturn void verdict_bail_out(const char *format, ...);

#endif
