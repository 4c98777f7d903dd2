/* SPDX-License-Identifier: BSD-2-Clause */
/* The conformance guest's verdicts: which line a case gets, and what is printed below it. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include "conformance/verdict.h"
#include "conformance/suite.h"
#include "guest/console.h"
#include "guest/psci.h"
#include <tests/tap.h> /* its tap_vprint is a macro here, and a function in console.h */

static char printed[8192];
static jmp_buf off;

void console_print(const char *f, ...)
{
	size_t length = strlen(printed);
	va_list args;

	va_start(args, f);
	vsnprintf(printed + length, sizeof printed - length, f, args);
	va_end(args);
}

void psci_system_off(void)
{
	longjmp(off, 1);
}

/* Checks what is printed of a case of that grade. */
static void prints_by(const char *by, void (*run)(void), const char *want, const char *what)
{
	printed[0] = '\0';
	verdicts = (struct verdicts){0};
	verdict_begin();
	run();
	verdict_end("R-30", "name", by, "text");
	if (!tap_ok(!strcmp(printed, want), "%s", what))
		tap_print("# %s# instead of\n# %s", printed, want);
}

static void prints(void (*run)(void), const char *want, const char *what)
{
	prints_by(OURS, run, want, what);
}

static void passes(void)
{
	check(true, "never seen");
	check(true, "never seen");
}

static void fails(void)
{
	check(true, "never seen");
	tap_ok(!check(false, "CPU %u: %s", 1u, "first"), "check() returns what it was given");
	check(true, "never seen");
	check(false, "second");
}

static void judges_nothing(void)
{
	observe("seen");
}

static void does_nothing(void)
{
}

static void skips(void)
{
	skip("only %u", 1u);
	skip("another reason");
}

static void skips_after_success(void)
{
	check(true, "never seen");
	skip("why not");
}

static void skips_after_failure(void)
{
	check(false, "seen");
	skip("why not");
}

static void mixes(void)
{
	observe("one");
	check(false, "two");
	observe("three");
	check(false, "four");
}

static void overflows(void)
{
	for (unsigned i = 0; i < 9; i++) {
		check(false, "failure %u", i);
		observe("observation %u", i);
	}
}

static void talks(void)
{
	char text[400];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	check(false, "%s", text);
}

static void one_case_each(void)
{
	prints(passes, "ok 1 - R-30 name: text\n", "a case that passes prints one line");
	prints(fails,
	       "not ok 1 - R-30 name: text\n# weaker: no document at hand asks for it\n"
	       "# observed name: CPU 1: first\n# observed name: second\n",
	       "a case that fails prints what was observed");
	prints(judges_nothing,
	       "not ok 1 - R-30 name: text\n# weaker: no document at hand asks for it\n# observed "
	       "name: "
	       "seen\n# observed name: the case judged nothing\n",
	       "a case that observes and judges nothing does not pass");
	prints(does_nothing,
	       "not ok 1 - R-30 name: text\n# weaker: no document at hand asks for it\n# observed "
	       "name: the case judged nothing\n",
	       "a case that neither observes nor judges does not pass");
	prints(skips, "ok 1 - R-30 name: text # SKIP only 1\n",
	       "a case that is skipped prints its first reason");
	prints(skips_after_success, "ok 1 - R-30 name: text # SKIP why not\n",
	       "a case may be skipped after a success");
	prints(skips_after_failure,
	       "not ok 1 - R-30 name: text\n# weaker: no document at hand asks for it\n# observed "
	       "name: "
	       "seen\n",
	       "a failure counts more than a skip");
	prints(mixes,
	       "not ok 1 - R-30 name: text\n# weaker: no document at hand asks for it\n# observed "
	       "name: "
	       "one\n# observed name: two\n"
	       "# observed name: three\n# observed name: four\n",
	       "failures and observations are printed in order");
	prints(passes, "ok 1 - R-30 name: text\n", "a case prints nothing of the case before it");
}

static void grades(void)
{
	prints_by("ST 1.0, here", passes, "ok 1 - R-30 name: text\n",
		  "a case that passes does not print whose it is");
	prints_by("ST 1.0, here", does_nothing,
		  "not ok 1 - R-30 name: text\n# FAIL: wrong by ST 1.0, here\n"
		  "# observed name: the case judged nothing\n",
		  "a case of the documents that does not pass prints its clause");
	tap_ok(verdicts.wrong == 1 && verdicts.weaker == 0,
	       "a case of the documents counts as wrong");
	prints_by(OURS, does_nothing,
		  "not ok 1 - R-30 name: text\n# weaker: no document at hand asks for it\n"
		  "# observed name: the case judged nothing\n",
		  "a case of ours that does not pass is weaker");
	tap_ok(verdicts.wrong == 0 && verdicts.weaker == 1, "a case of ours counts as weaker");
}

static void limits(void)
{
	verdict_begin();
	overflows();
	printed[0] = '\0';
	verdict_end("R-30", "name", OURS, "text");
	tap_ok(strstr(printed, "failure 5\n") && strstr(printed, "observation 5\n") &&
		       !strstr(printed, "failure 6") && !strstr(printed, "observation 6"),
	       "six failures and six observations of a case are kept");
	tap_ok(strstr(printed, "name: and 3 more failures\n") &&
		       strstr(printed, "name: and 3 more observations\n"),
	       "further failures and observations of a case are counted");
	verdict_begin();
	talks();
	printed[0] = '\0';
	verdict_end("R-30", "name", OURS, "text");
	tap_is_u64(strlen(strstr(printed, "# observed")), strlen("# observed name: ") + 199 + 1,
		   "a long observation is cut to 199 bytes");
}

static void run(void)
{
	verdicts = (struct verdicts){0};
	printed[0] = '\0';
	verdict_begin();
	check(true, "never seen");
	verdict_end("R-31", "a", "SMCCC 5.2", "text");
	verdict_begin();
	check(false, "seen");
	verdict_end("R-30", "b", OURS, "text");
	verdict_begin();
	check(false, "seen");
	verdict_end("R-05", "c", "SMCCC 5.2", "text");
	verdict_plan();
	tap_ok(!strcmp(printed,
		       "ok 1 - R-31 a: text\n"
		       "not ok 2 - R-30 b: text\n# weaker: no document at hand asks for it\n"
		       "# observed b: seen\n"
		       "not ok 3 - R-05 c: text\n# FAIL: wrong by SMCCC 5.2\n# observed c: seen\n"
		       "1..3\n# 1 FAIL, 1 weaker\n"),
	       "numbers continue, the plan is the last of them, and the two grades are counted apart");
	tap_ok(verdicts.run == 3 && verdicts.wrong == 1 && verdicts.weaker == 1,
	       "all lines are counted, and those of each grade");
	printed[0] = '\0';
	if (!setjmp(off))
		verdict_bail_out("no %s", "way");
	tap_ok(!strcmp(printed, "Bail out! no way\n"),
	       "a Bail out prints its reason and powers off");
}

int main(void)
{
	one_case_each();
	grades();
	limits();
	run();
	return tap_done();
}
