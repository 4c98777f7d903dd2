/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_VERDICT_H
#define CONFORMANCE_VERDICT_H

/* The verdict on the running case, and its TAP line. suite.h has check(), observe() and skip(). */
extern struct verdicts {
	unsigned run;		/* cases printed */
	unsigned wrong, weaker; /* "not ok" of them: cases of the documents, and ours */
} verdicts;

/* On CPU 0, while no other CPU runs a part of a case. */
void verdict_begin(void);
/* `by`: the clause of the case's document, or OURS. */
void verdict_end(const char *rule, const char *name, const char *by, const char *text);
void verdict_plan(void);

/* Print "Bail out! REASON", and power off. */
__attribute__((format(printf, 1, 2))) _Noreturn void verdict_bail_out(const char *format, ...);

#endif
