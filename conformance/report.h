/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_REPORT_H
#define CONFORMANCE_REPORT_H

/* The verdict on the running case, and its TAP line. check(), observe() and skip() are in suite.h. */
extern struct report {
	unsigned run;		/* lines printed */
	unsigned wrong, weaker; /* of them "not ok": the documents' cases, and ours */
} report;

/* CPU 0, with no other CPU in a case. */
void report_begin(void);
/* `by`: the clause of the document that the case is from; OURS */
void report_end(const char *rule, const char *name, const char *by, const char *text);
void report_plan(void);

/* "Bail out! REASON", and power off. */
__attribute__((format(printf, 1, 2))) _Noreturn void report_bail_out(const char *format, ...);

#endif
