/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two grades of a case that is not ok: a case of the documents is FAIL, one of this project is
 * weaker. Our own hypervisor and another one have the same made-up results: one case of each grade
 * is broken, of a rule that has both.
 */
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/conform/drawn.h"
#include "tools/conform/print.h"

/* Cases of R-05, which has both kinds; and of rules that have one kind. */
#define DOCUMENTS CONFORM_CASE_header
#define OWN	  CONFORM_CASE_padding
#define KEPT	  CONFORM_CASE_aliases
#define ALONE	  CONFORM_CASE_forged

static const struct run_target by_ours = {.name = "ours"}, by_other = {.name = "other"};
static const struct conform_target ours = {.by = &by_ours, .title = "our own", .ours = true};
static const struct conform_target other = {.by = &by_other, .title = "another one"};

static struct conform_run runs[2];
static struct conform_section sections[2] = {
	{.target = &ours, .label = "ours", .versions = "1", .runs = &runs[0], .run_count = 1},
	{.target = &other, .label = "other", .versions = "2", .runs = &runs[1], .run_count = 1},
};
static const struct conform_report results = {sections, 2};

/* Gives both targets these verdicts. */
static void see(enum conform_verdict documents, enum conform_verdict own,
		enum conform_verdict alone)
{
	for (unsigned r = 0; r < 2; r++) {
		struct conform_run *run = &runs[r];

		run->plan = (struct run_plan){.name = "one", .build = "4k-le"};
		run->expected[DOCUMENTS] = run->expected[OWN] = true;
		run->expected[KEPT] = run->expected[ALONE] = true;
		run->result.cases[DOCUMENTS].verdict = documents;
		run->result.cases[OWN].verdict = own;
		run->result.cases[KEPT].verdict = CONFORM_OK;
		run->result.cases[ALONE].verdict = alone;
	}
}

static void draw_table(const struct conform_report *report, FILE *out)
{
	static const struct conform_look look = {"<t>", "<g>", "<b>", "<w>", "<d>", "</>"};

	conform_report_table(report, &look, out);
}

/* Each `want`, up to a NULL, must be in what is drawn, in that order. */
static void expect_drawn(const char *name, void (*draw)(const struct conform_report *, FILE *),
			 const char *const *want)
{
	char *text = drawn(&results, draw);

	expect(name, text, want);
	free(text);
}

/* The table of cases and that of rules agree on whose a rule is, and a clause names a document. */
static void test_tables(void)
{
	unsigned documents = 0, own = 0, wrong = 0;

	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		const char *by = conform_cases[c].by, *from;

		from = conform_rules[conform_cases[c].rule].clause;
		documents += by != OURS;
		own += by == OURS;
		if (by == OURS ? strstr(from, "own") == NULL
			       : strncmp(from, "own", 3) == 0 || strchr(by, ' ') == NULL) {
			tap_print("# %s: %s, of %s\n", conform_cases[c].name,
				  by != OURS ? by : "ours", from);
			wrong++;
		}
	}
	tap_is_u64(
		wrong, 0,
		"a rule's sources name the documents of its cases, and own if it has a case of ours");
	tap_ok(documents >= 25 && own >= 46 && documents + own == CONFORM_CASES,
	       "%u cases are the documents', and %u are ours, no fewer than 25 and 46", documents,
	       own);
	tap_ok(strcmp(conform_whose(CONFORM_RULE_R_02), "documents") == 0 &&
		       strcmp(conform_whose(CONFORM_RULE_R_09), "documents") == 0,
	       "a rule is the documents' if all its cases are, and if it has no case and says so");
	tap_ok(strcmp(conform_whose(CONFORM_RULE_R_23), "ours") == 0 &&
		       strcmp(conform_whose(CONFORM_RULE_R_30), "both") == 0,
	       "a rule is ours if all its cases are, and both if it has cases of either kind");
}

/* The first complaints: neither is a breach of the calling convention. */
static void test_complaints(void)
{
	tap_ok(conform_cases[CONFORM_CASE_results_kept].by == OURS,
	       "results_kept is a case of ours: a hypervisor that changes x1 to x3 is not wrong");
	tap_ok(conform_cases[CONFORM_CASE_immediates].by == OURS,
	       "immediates is a case of ours: a hypervisor that gives a meaning to an immediate is not wrong");
	tap_ok(conform_cases[CONFORM_CASE_registers].by != OURS,
	       "registers is a case of the documents: a hypervisor that changes x4 is wrong");
}

static void test_merge(void)
{
	see(CONFORM_FAIL, CONFORM_WEAKER, CONFORM_WEAKER);
	tap_ok(conform_rule_verdict(&sections[1], CONFORM_RULE_R_05) == CONFORM_FAIL,
	       "a rule with a case of each grade broken is FAIL");
	tap_is_u64(conform_cases_with(&sections[1], CONFORM_FAIL), 1,
		   "cases that are FAIL are counted apart");
	tap_is_u64(conform_cases_with(&sections[1], CONFORM_WEAKER), 2,
		   "cases that are weaker are counted apart");
	tap_is_u64(conform_count(&runs[1], CONFORM_WEAKER), 2,
		   "a run counts its cases that are weaker");
	see(CONFORM_OK, CONFORM_WEAKER, CONFORM_OK);
	tap_ok(conform_rule_verdict(&sections[1], CONFORM_RULE_R_05) == CONFORM_WEAKER,
	       "a rule that passes the documents' cases, and not ours, is weaker");
}

static void test_holds(void)
{
	see(CONFORM_OK, CONFORM_OK, CONFORM_OK);
	tap_ok(conform_holds(&sections[0], false) && conform_holds(&sections[1], true),
	       "a target that passes all cases holds");
	see(CONFORM_OK, CONFORM_WEAKER, CONFORM_OK);
	tap_ok(!conform_holds(&sections[0], false),
	       "a weaker case is a failure of our own hypervisor");
	tap_ok(conform_holds(&sections[1], false) && conform_holds(&sections[1], true),
	       "a weaker case is not a failure of another hypervisor, strict or not");
	see(CONFORM_FAIL, CONFORM_OK, CONFORM_OK);
	tap_ok(!conform_holds(&sections[0], false) && !conform_holds(&sections[1], true),
	       "FAIL is a failure of our own hypervisor, and of another one if strict");
	tap_ok(conform_holds(&sections[1], false),
	       "FAIL is not a failure of another hypervisor unless strict");
}

static void test_formats(void)
{
	static const char *const in_table[] = {
		"Rule  ours    other   What it requires",
		"R-02  <g>ok    </>  ",
		"R-05  <b>FAIL  </>  <b>FAIL  </>  ",
		"R-22  <w>weaker</>  <w>weaker</>  ",
		"\nother: <b>FAIL</>\n  R-05 header: revision and attributes are 0\n"
		"    wrong by ST 1.0, Stolen Time\n    in one\n",
		"\nother: <w>weaker</>: no document at hand asks for it\n  R-05 padding: ",
		"\n    in one\n  R-22 forged: ",
		"\nother: another one; 2\n  one         1 ok  <b>  1 FAIL</>  <w>  2 weaker</>    "
		"0 "
		"skip  4k-le img, alone\n"
		"  all runs    1 ok  <b>  1 FAIL</>  <w>  2 weaker</>    0 skip\n",
		NULL};
	static const char *const in_tap[] = {
		"not ok 4 - ours R-05 padding: bytes 16 to 63 are 0\n"
		"# weaker: no document at hand asks for it\n# in one\n",
		"# ours: 1 ok, 1 FAIL, 2 weaker, 0 skip\n",
		"not ok 8 - other R-05 header: revision and attributes are 0\n"
		"# FAIL: wrong by ST 1.0, Stolen Time\n# in one\n",
		"not ok 9 - other R-05 padding: bytes 16 to 63 are 0 # TODO weaker\n"
		"# weaker: no document at hand asks for it\n# in one\n",
		"# other: 1 ok, 1 FAIL, 2 weaker, 0 skip\n1..10\n",
		NULL};
	static const char *const in_json[] = {
		"\"versions\":\"2\",\"fail\":1,\"weaker\":2,\"runs\":[",
		"\"name\":\"header\",\"verdict\":\"fail\"",
		"\"name\":\"padding\",\"verdict\":\"weaker\"",
		"{\"rule\":\"R-05\"",
		"\"whose\":\"both\",\"cases\":[{\"name\":\"header\",\"whose\":\"documents\","
		"\"clause\":\"ST 1.0, Stolen Time\"},{\"name\":\"padding\",\"whose\":\"ours\"},",
		"\"targets\":{\"ours\":\"fail\",\"other\":\"fail\"}}",
		"{\"rule\":\"R-22\"",
		"\"targets\":{\"ours\":\"weaker\",\"other\":\"weaker\"}}",
		NULL};
	static const char *const in_markdown[] = {
		"| Cases | ours | other |\n|---|---|---|\n| ok | 1 | 1 |\n| FAIL | 1 | 1 |\n"
		"| weaker | 2 | 2 |\n| skip | 0 | 0 |\n",
		"| R-05 | **FAIL** | **FAIL** | both | ",
		"| R-22 | weaker | weaker | ours | ",
		"\n## Target other\n",
		"| Run | ok | FAIL | weaker | skip | How |\n|---|---|---|---|---|---|\n"
		"| one | 1 | 1 | 2 | 0 | ",
		"\nFAIL, by clauses of the documents:\n\n- R-05 `header`: revision and attributes are 0. "
		"Wrong by "
		"ST 1.0, Stolen Time. In one.\n",
		"\nweaker than this project asks for, and no document at hand asks for it:\n\n- "
		"R-05 "
		"`padding`: bytes 16 to 63 are 0. In one.\n",
		"| `header` | **FAIL** | **FAIL** | R-05 | revision and attributes are 0 | ST 1.0, "
		"Stolen Time |\n",
		"| `padding` | weaker | weaker | R-05 | bytes 16 to 63 are 0 | ours |\n",
		NULL};

	see(CONFORM_FAIL, CONFORM_WEAKER, CONFORM_WEAKER);
	expect_drawn("the table", draw_table, in_table);
	expect_drawn("TAP", conform_report_tap, in_tap);
	expect_drawn("JSON", conform_report_json, in_json);
	expect_drawn("Markdown", conform_report_markdown, in_markdown);
}

/* If no case is FAIL, the words for that do not appear. */
static void test_weaker_only(void)
{
	see(CONFORM_OK, CONFORM_WEAKER, CONFORM_OK);
	char *text = drawn(&results, conform_report_markdown),
	     *at = strstr(text, "\n## Target other\n");

	tap_ok(at != NULL && strstr(at, "**FAIL**") == NULL && strstr(at, "Wrong by") == NULL &&
		       strstr(at, "FAIL, by") == NULL && strstr(at, "\nweaker than") != NULL,
	       "a target with cases that are at worst weaker is nowhere called wrong");
	free(text);
}

int main(void)
{
	test_tables();
	test_complaints();
	test_merge();
	test_holds();
	test_formats();
	test_weaker_only();
	return tap_done();
}
