/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a run, read against the tables: a complete one, and each way of not being complete.
 */
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/conform/tap.h"

#define TEXT_MAX 65536

static const struct run_plan plan = {.name = "run", .build = "4k-le", .vcpus = 2};
static const struct run_plan reset_plan = {.name = "reset", .append = "rounds=1 reset_ms=200"};
static const struct run_plan user_plan = {.name = "user", .user = true};

static bool all[CONFORM_CASES];
static struct conform_run run;

/* The text of a suite that passes all cases of the run. */
static void whole(const struct run_plan *p, const char *suite, char *text)
{
	bool expected[CONFORM_CASES];
	size_t n;
	unsigned number = 0;

	conform_expect(p, all, expected);
	n = (size_t)snprintf(text, TEXT_MAX, "firmware\n# suite %s\n", suite);
	for (unsigned c = 0; c < CONFORM_CASES; c++)
		if (expected[c])
			n += (size_t)snprintf(text + n, TEXT_MAX - n, "ok %u - %s %s: %s\n",
					      ++number, conform_rules[conform_cases[c].rule].name,
					      conform_cases[c].name, conform_cases[c].text);
	snprintf(text + n, TEXT_MAX - n, "1..%u\nPower down.\n", number);
}

/* Reads a text; the result is in `run`. */
static void judge(const struct run_plan *p, const char *build, const char *text, size_t length)
{
	conform_result_free(&run.result);
	run.plan = *p;
	conform_expect(p, all, run.expected);
	/* A copy of its own, so that the sanitizer sees a read beyond it. */
	char *copy = malloc(length + 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	conform_tap_read(&run, build, copy, length);
	free(copy);
}

/*
 * The text with <NAME> replaced by the number of that case's line, and <NAME-1> by the one before
 * it.
 */
static const char *numbered(const char *text, char *out)
{
	bool expected[CONFORM_CASES];
	char *p = out;

	conform_expect(&plan, all, expected);
	for (; *text != '\0'; text++) {
		size_t n = strcspn(text, "->");
		if (*text != '<') {
			*p++ = *text;
			continue;
		}
		unsigned number = text[n] != '-', id = conform_find_case(text + 1, n - 1);
		for (unsigned c = 0; c < id; c++)
			number += expected[c];
		p += sprintf(p, "%u", number);
		text = strchr(text, '>');
	}
	*p = '\0';
	return out;
}

/* Replaces the first `from` after `mark` by `to`. */
static void change(char *text, const char *mark, const char *from, const char *to)
{
	static char rest[TEXT_MAX];
	char numbers[3][1024];

	mark = numbered(mark, numbers[0]);
	from = numbered(from, numbers[1]);
	to = numbered(to, numbers[2]);
	char *at = strstr(text, mark);
	at = at != NULL ? strstr(at, from) : NULL;
	if (at == NULL) {
		tap_ok(false, "the text has no '%s' after '%s'", from, mark);
		return;
	}
	strcpy(rest, at + strlen(from));
	strcpy(at, to);
	strcat(at, rest);
}

static void faulty(const char *mark, const char *from, const char *to, const char *why,
		   const char *name)
{
	static char text[TEXT_MAX];

	whole(&plan, "4k-le cpus=2 dialect=1.0", text);
	change(text, mark, from, to);
	judge(&plan, "4k-le", text, strlen(text));
	char said[1024];
	bool found = run.result.status == CONFORM_FAULTY &&
		     strstr(run.result.why, numbered(why, said)) != NULL;
	if (!tap_ok(found, "a faulty text is found out: %s", name))
		tap_print("# %d: %s\n", run.result.status, run.result.why);
}

static void complete(const char *mark, const char *from, const char *to, const char *name)
{
	static char text[TEXT_MAX];

	whole(&plan, "4k-le cpus=2 dialect=1.0", text);
	change(text, mark, from, to);
	judge(&plan, "4k-le", text, strlen(text));
	if (!tap_ok(run.result.status == CONFORM_COMPLETE, "a text is complete with %s", name))
		tap_print("# %s\n", run.result.why);
}

static void test_expected(void)
{
	bool expected[CONFORM_CASES], some[CONFORM_CASES] = {[CONFORM_CASE_header] = true};
	unsigned guest = 0, alone = 0, user = 0;

	conform_expect(&plan, all, expected);
	tap_ok(expected[CONFORM_CASE_psci_version] && expected[CONFORM_CASE_kexec_goes_on] &&
		       !expected[CONFORM_CASE_reset] && !expected[CONFORM_CASE_attr_has],
	       "a guest's run has the guest's cases, but not the reset");
	for (unsigned c = 0; c < CONFORM_CASES; c++)
		guest += expected[c];
	conform_expect(&reset_plan, all, expected);
	for (unsigned c = 0; c < CONFORM_CASES; c++)
		alone += expected[c];
	tap_ok(alone == 1 && expected[CONFORM_CASE_reset],
	       "a run with reset_ms= has the case reset alone");
	conform_expect(&user_plan, all, expected);
	for (unsigned c = 0; c < CONFORM_CASES; c++)
		user += expected[c];
	tap_ok(guest + alone + user == CONFORM_CASES && user > 0,
	       "every case belongs to one kind of run");
	conform_expect(&plan, some, expected);
	tap_ok(expected[CONFORM_CASE_header] && !expected[CONFORM_CASE_padding],
	       "only the cases of a selection are expected");
	struct run_plan less = plan;
	less.without = "padding,header";
	conform_expect(&less, all, expected);
	unsigned left = 0;
	for (unsigned c = 0; c < CONFORM_CASES; c++)
		left += expected[c];
	tap_ok(left == guest - 2 && !expected[CONFORM_CASE_header] &&
		       !expected[CONFORM_CASE_padding],
	       "cases that the plan leaves out are not expected");
}

static void test_whole(void)
{
	static char text[TEXT_MAX];
	const struct conform_seen *seen;

	complete("firmware", "firmware", "other firmware", "any text of the firmware before it");
	tap_ok(run.result.suite != NULL &&
		       strcmp(run.result.suite, "4k-le cpus=2 dialect=1.0") == 0,
	       "what the suite reports of itself is kept");
	tap_ok(run.result.cases[CONFORM_CASE_psci_version].verdict == CONFORM_OK &&
		       run.result.cases[CONFORM_CASE_reset].verdict == CONFORM_NONE,
	       "cases of the run have their verdict, and other cases have none");
	tap_is_u64(run.result.lines, conform_count(&run, CONFORM_OK),
		   "each line of a result counts once");

	complete("# suite", "\nok 1 -", "\n# a comment\n\nok 1 -", "comments and empty lines");
	complete("# suite", "\nok <kexec>", "\n# suite 4k-le cpus=2\nok <kexec>",
		 "a second kernel");
	complete("Power", "Power down.\n", "Power down.", "a last line without an end");

	complete("ok <smccc_version> - ", "ok", "not ok", "a case of ours that failed");
	seen = &run.result.cases[CONFORM_CASE_smccc_version];
	tap_ok(seen->verdict == CONFORM_WEAKER, "a case of ours that failed is weaker");
	complete("ok <header> - ", "ok", "not ok", "a case of the documents that failed");
	tap_ok(run.result.cases[CONFORM_CASE_header].verdict == CONFORM_FAIL,
	       "a case of the documents that failed is FAIL");

	complete(conform_cases[CONFORM_CASE_smccc_version].text, "\n",
		 "\n# observed smccc_version: said 0x10000\n# observed smccc_version: \x01 twice\n",
		 "observations");
	seen = &run.result.cases[CONFORM_CASE_smccc_version];
	tap_ok(seen->observed_count == 2 && strcmp(seen->observed[0], "said 0x10000") == 0 &&
		       strcmp(seen->observed[1], "? twice") == 0,
	       "an observation is kept with its case, and made printable");

	complete(conform_cases[CONFORM_CASE_header].text, "\n", " # SKIP there is none\n",
		 "a skip");
	seen = &run.result.cases[CONFORM_CASE_header];
	tap_ok(seen->verdict == CONFORM_SKIP && strcmp(seen->reason, "there is none") == 0,
	       "a skip has its reason");

	whole(&plan, "4k-le cpus=2", text);
	static char crlf[2 * TEXT_MAX];
	size_t n = 0;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\n') {
			crlf[n++] = '\r';
			crlf[n++] = '\r';
		}
		crlf[n++] = *p;
	}
	judge(&plan, "4k-le", crlf, n);
	tap_ok(run.result.status == CONFORM_COMPLETE,
	       "a text whose lines end in CR CR LF is complete: %s", run.result.why);
	judge(&plan, NULL, text, strlen(text));
	tap_ok(run.result.status == CONFORM_COMPLETE,
	       "a text of any build is complete if no build is known");
	whole(&reset_plan, "4k-le cpus=1", text);
	change(text, "cpus=1", "\n", "\n# resetting stolen_ns=5\nboot\n# suite 4k-le cpus=1\n");
	judge(&reset_plan, "4k-le", text, strlen(text));
	tap_ok(run.result.status == CONFORM_FAULTY &&
		       strstr(run.result.why, "a line is lost") != NULL,
	       "a faulty text is found out: a line of another source at a reset");
	change(text, "boot", "boot\n", "");
	judge(&reset_plan, "4k-le", text, strlen(text));
	tap_ok(run.result.status == CONFORM_COMPLETE,
	       "a text with a reset in between is complete: %s", run.result.why);
	change(text, "# resetting", "# resetting", "# testing");
	judge(&reset_plan, "4k-le", text, strlen(text));
	tap_ok(run.result.status == CONFORM_FAULTY &&
		       strstr(run.result.why, "nothing was reset") != NULL,
	       "a faulty text is found out: a verdict on a reset that was not made");
	whole(&user_plan, "user cpus=1", text);
	judge(&user_plan, "user", text, strlen(text));
	tap_ok(run.result.status == CONFORM_COMPLETE &&
		       run.result.cases[CONFORM_CASE_restore].verdict == CONFORM_OK,
	       "the text of the program for user space is complete: %s", run.result.why);
}

static void test_faulty(void)
{
	static const struct {
		const char *mark, *from, *to, *why, *name;
	} cases[] = {
		{"# suite", "4k-le", "4k-be", "says that it is 4k-be, but 4k-le", "another build"},
		{"# suite", "4k-le", "4k-l", "says that it is 4k-l,", "a build cut short"},
		{"# suite", "cpus=2", "cpus=1", "found 1 vCPUs, expected 2", "too few vCPUs"},
		{"# suite", "# suite", "# sweet", "TAP, but no line '# suite'", "no suite line"},
		{"# suite", "ok 1 -", "ok 2 -", "number 2 after number 0: a line is lost",
		 "a lost first number"},
		{"ok <arch_features> -", "<arch_features>", "<features_itself>",
		 "number <features_itself> after number <arch_features-1>: a line is lost",
		 "a lost number"},
		{"ok <arch_features> -", "<arch_features>", "<arch_features-1>",
		 "number <arch_features-1> after number <arch_features-1>: twice",
		 "a number twice"},
		{"ok <arch_features> -", " <arch_features> -", " -", "a malformed result",
		 "no number"},
		{"ok <arch_features> -", "<arch_features> -", "<arch_features>",
		 "a malformed result", "no dash"},
		{"ok <arch_features> -", "R-03", "R-3x", "number <arch_features> has no rule",
		 "an unknown rule"},
		{"ok <arch_features> -", "R-03", "R-04", "belongs to R-03, not to R-04",
		 "a wrong rule"},
		{"ok <arch_features> -", "arch_features", "arch_feature",
		 "number <arch_features> is not a case", "an unknown case"},
		{"ok <arch_features> -", "arch_features:", "smccc_version:",
		 "smccc_version comes a second time", "a case twice"},
		{"ok <arch_features> -", "arch_features:", "features_itself:",
		 "arch_features is missing before", "a case left out"},
		{"ok <arch_features> -", "stolen time", "stolen", "is not the table's",
		 "part of a text lost"},
		{"ok <features_itself> -", "ok", "xok",
		 "not from the suite, after number <arch_features>: xok",
		 "a line with something before it"},
		{"ok <features_itself> -", "ok", "x\nok",
		 "not from the suite, after number <arch_features>: x", "a line of another source"},
		{"ok <features_itself> -", "\n", " # SKIP \n",
		 "something other than a reason to skip", "a skip without a reason"},
		{"ok <features_itself> -", "\n", " # TODO x\n",
		 "something other than a reason to skip", "a TODO"},
		{"ok <features_itself> -", "\n", "\n# observed psci_version: x\n",
		 "does not belong to its case", "an observation of another case"},
		{"# suite", "\n", "\n# observed psci_version: x\n", "does not belong to its case",
		 "an observation before all cases"},
		{"ok <features_itself> -", "\n", "\nBail out! no GIC\n",
		 "the suite gave up: no GIC", "a bail-out"},
		{"1..", "1..", "1..1", "the plan is 1..", "a wrong plan"},
		{"1..", "1..", "1..x", "the plan is 1..x", "a plan without a number"},
		{"1..", "1..", "2..", "not from the suite", "half a plan"},
		{"Power", "Power", "1..4\nPower", "a second plan", "a second plan"},
		{"Power", "Power", "ok 1 - R-03 x\nPower", "a result after the plan",
		 "a result after the plan"},
		{"Power", "Power", "# suite 4k-le cpus=2\nPower", "started again after its end",
		 "a second run"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		faulty(cases[i].mark, cases[i].from, cases[i].to, cases[i].why, cases[i].name);
	/* A skip of a case that failed contradicts itself. */
	static char text[TEXT_MAX];
	whole(&plan, "4k-le", text);
	change(text, "ok <header> -", "ok", "not ok");
	change(text, "not ok <header> -", "\n", " # SKIP why\n");
	judge(&plan, "4k-le", text, strlen(text));
	tap_ok(run.result.status == CONFORM_FAULTY,
	       "a faulty text is found out: a skip of a failure");
}

/*
 * Every beginning of a complete text is found out, and keeps the verdicts of the lines that it has.
 */
static void test_cut(void)
{
	static char text[TEXT_MAX];
	unsigned missed = 0, lines = 0;

	whole(&plan, "4k-le cpus=2", text);
	size_t end = (size_t)(strstr(text, "\nPower") - text);
	for (size_t n = 0; n < end; n++) {
		judge(&plan, "4k-le", text, n);
		missed += run.result.status != CONFORM_FAULTY || run.result.lines < lines;
		lines = run.result.lines;
	}
	tap_is_u64(missed, 0, "every text that is cut off is found out");
	judge(&plan, "4k-le", "", 0);
	tap_ok(strcmp(run.result.why, "it printed nothing") == 0, "an empty text is found out");
	judge(&plan, "4k-le", "boot\npanic\n", 11);
	tap_ok(strstr(run.result.why, "no TAP") != NULL, "a text without TAP is found out: %s",
	       run.result.why);
}

/* Random bytes in the text: no crash, and no read beyond it (the sanitizers check). */
static void test_garbage(void)
{
	static char text[TEXT_MAX], bytes[TEXT_MAX];
	uint64_t state = 1;
	unsigned found = 0;

	whole(&plan, "4k-le cpus=2", text);
	size_t length = strlen(text);
	for (unsigned i = 0; i < 2000; i++) {
		memcpy(bytes, text, length);
		for (unsigned k = 0; k < 8; k++) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			bytes[(state >> 33) % length] = (char)(state >> 20);
		}
		judge(&plan, "4k-le", bytes, length);
		found += run.result.status == CONFORM_FAULTY;
	}
	tap_ok(found > 1900, "%u of 2000 garbled texts are found out", found);
}

int main(void)
{
	memset(all, true, sizeof(all));
	test_expected();
	test_whole();
	test_faulty();
	test_cut();
	test_garbage();
	conform_result_free(&run.result);
	return tap_done();
}
