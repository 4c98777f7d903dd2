/* SPDX-License-Identifier: BSD-2-Clause */
/* The same made-up results in each format: two targets, of which one breaks a rule. */
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/conform/drawn.h"
#include "tools/conform/print.h"

static const struct run_target by_ours = {.name = "ours"}, by_other = {.name = "other"};
static const struct conform_target ours = {.by = &by_ours, .title = "our own", .ours = true};
static const struct conform_target other = {.by = &by_other, .title = "another|one"};

static struct conform_run runs[3];
static struct conform_section sections[2] = {
	{.target = &ours, .label = "ours", .versions = "1.0", .runs = runs, .run_count = 2},
	{.target = &other,
	 .label = "other",
	 .versions = "2 \"two\"",
	 .runs = runs + 2,
	 .run_count = 1},
};
static const struct conform_report results = {sections, 2};
static const struct conform_look plain = {"", "", "", "", "", ""};
static const struct conform_look marked = {"<t>", "<g>", "<b>", "<w>", "<d>", "</>"};

/* A case of a rule that has no others, two of a rule that has several, and one of user space. */
#define LONE   CONFORM_CASE_one_dialect
#define FIRST  CONFORM_CASE_header
#define SECOND CONFORM_CASE_padding
#define USER   CONFORM_CASE_page_gone

static void see(struct conform_run *run, enum conform_case_id id, enum conform_verdict verdict,
		const char *reason, const char *observed)
{
	struct conform_seen *seen = &run->result.cases[id];

	run->expected[id] = true;
	seen->verdict = verdict;
	seen->reason = reason != NULL ? strdup(reason) : NULL;
	if (observed != NULL)
		seen->observed[seen->observed_count++] = strdup(observed);
}

static void make_results(void)
{
	runs[0].plan = (struct run_plan){.name = "one",
					 .build = "4k-le",
					 .form = "elf",
					 .cpu = "max",
					 .pcpus = 1,
					 .vcpus = 2,
					 .dialect = "1.0",
					 .conduit = "hvc",
					 .cap = 50,
					 .timeslice_us = 100,
					 .append = "rounds=5"};
	runs[1].plan = (struct run_plan){
		.name = "two", .build = "64k-be", .vcpus = 1, .dialect = "off", .contended = true};
	runs[2].plan = (struct run_plan){.name = "three", .user = true};
	runs[0].result.suite = strdup("4k-le cpus=2");
	see(&runs[0], LONE, CONFORM_OK, NULL, "seen here");
	see(&runs[0], FIRST, CONFORM_OK, NULL, NULL);
	see(&runs[0], SECOND, CONFORM_SKIP, "no \"padding\"", NULL);
	see(&runs[1], LONE, CONFORM_SKIP, "only now", NULL);
	see(&runs[1], FIRST, CONFORM_SKIP, "not in this", NULL);
	see(&runs[1], SECOND, CONFORM_SKIP, "no \"padding\"", NULL);
	see(&runs[2], LONE, CONFORM_WEAKER, NULL, "x0 was <1|2>");
	see(&runs[2], USER, CONFORM_NONE, NULL, NULL);
	runs[2].result.status = CONFORM_HUNG;
	snprintf(runs[2].result.why, sizeof(runs[2].result.why), "it hung");
}

static char *table(const struct conform_look *look)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	conform_report_table(&results, look, out);
	fclose(out);
	return text;
}

static void test_merge(void)
{
	const enum conform_rule_id lone = conform_cases[LONE].rule, two = conform_cases[FIRST].rule;
	struct conform_text texts[4];
	char names[32];

	tap_ok(conform_case_verdict(&sections[0], LONE) == CONFORM_OK,
	       "a case that is ok in one run is ok");
	tap_ok(conform_case_verdict(&sections[0], SECOND) == CONFORM_SKIP,
	       "a case that is skipped in all runs is skipped");
	tap_ok(conform_case_verdict(&sections[1], FIRST) == CONFORM_NONE,
	       "a case that is in no run has no verdict");
	tap_ok(conform_rule_verdict(&sections[0], two) == CONFORM_OK,
	       "a rule has the verdict of its cases");
	tap_ok(conform_rule_verdict(&sections[1], lone) == CONFORM_WEAKER,
	       "a rule is weaker if one of its cases is");
	tap_ok(conform_rule_covered(&sections[1], conform_cases[USER].rule) &&
		       !conform_rule_covered(&sections[0], conform_cases[USER].rule),
	       "a rule is covered by a case that was to run");
	tap_is_u64(conform_reasons(&sections[0], SECOND, texts, 4), 1,
		   "two runs with the same reason give one reason");
	tap_ok(strcmp(texts[0].names, "one, two") == 0, "a reason names the runs that have it");
	tap_is_u64(conform_skipped(&sections[0], texts, 4), 1,
		   "all that was skipped for one reason gives one reason");
	tap_ok(strcmp(texts[0].names, "R-05 padding") == 0,
	       "a reason for skipping names its case: %s", texts[0].names);
	conform_runs_with(&sections[0], SECOND, CONFORM_SKIP, names, 8);
	tap_ok(strcmp(names, "...") == 0 || strcmp(names, "one, ...") == 0 || strlen(names) < 8,
	       "a list of names stays within its buffer: %s", names);
	tap_is_u64(conform_observed(&sections[1], LONE, texts, 4), 1, "an observation is found");
	tap_ok(texts[0].names[0] == '\0',
	       "an observation of every run with the verdict names no run");
	tap_is_u64(conform_reasons(&sections[0], SECOND, texts, 0), 0,
		   "a buffer without room gets no text");
}

static void test_table(void)
{
	static const char *const want[] = {
		"Rule  ours    other   What it requires\n",
		"R-01  ok      weaker  ",
		"R-05  ok      -       ",
		"R-28  -       -       ",
		"\nours: skipped in every run\n  no \"padding\"\n    R-05 padding\n",
		"\nours: no case in these runs (-)\n",
		"  R-28  tests/unit/lib/publish.c\n",
		"\nours: our own; 1.0\n",
		"  one         2 ok    0 FAIL    0 weaker    1 skip  4k-le elf, max, 2 vCPUs on 1 "
		"CPU, 1.0, hvc, "
		"alone, "
		"cap 50 %, timeslice 100 us, rounds=5\n",
		"  two         0 ok    0 FAIL    0 weaker    3 skip  64k-be img, 1 vCPU, stolen "
		"time off, "
		"contended\n",
		"\nother: weaker: no document at hand asks for it\n  R-01 one_dialect: ",
		"\n    in three\n    x0 was <1|2>\n",
		"  three       0 ok    0 FAIL    1 weaker    0 skip  user space\n",
		"limit: it hung\n",
		NULL,
	};
	static const char *const colours[] = {
		"<t>Rule  ours    other   What it requires</>\n",
		"R-01  <g>ok    </>  <w>weaker</>  ",
		"R-02  <d>-     </>  ",
		"other: <w>weaker</>: ",
		NULL,
	};
	char *text = table(&plain);

	expect("the table", text, want);
	tap_ok(strchr(text, '\033') == NULL && strstr(text, "  R-28\n") == NULL,
	       "the table without colours has no escape sequence and no rule without a text");
	free(text);
	text = table(&marked);
	expect("the table in colours", text, colours);
	free(text);
}

static void test_tap(void)
{
	static const char *const want[] = {
		"TAP version 13\n# ours: our own; 1.0\n",
		"ok 1 - ours run one is complete: ",
		"ok 2 - ours run two is complete: ",
		"\nok 3 - ours R-01 one_dialect: ",
		"\nok 4 - ours R-05 header: ",
		"\nok 5 - ours R-05 padding: bytes 16 to 63 are 0 # SKIP no \"padding\"\n",
		"\nnot ok 6 - other run three is complete: user space\n# limit: it hung\n",
		"not ok 7 - other R-01 one_dialect: ",
		" # TODO weaker\n# weaker: no document at hand asks for it\n# in three\n# x0 was "
		"<1|2>\n",
		"not ok 8 - other R-28 page_gone: ",
		"\n# no run reached this case\n# other: 0 ok, 0 FAIL, 1 weaker, 0 skip\n1..8\n",
		NULL,
	};
	char *text = drawn(&results, conform_report_tap);

	expect("TAP", text, want);
	free(text);
}

/* Whether quotes pair up and brackets close, outside of strings. */
static bool is_balanced(const char *text)
{
	char open[64];
	size_t depth = 0;

	for (bool in_string = false; *text != '\0'; text++) {
		if (in_string) {
			if (*text == '\\')
				text++;
			else if (*text == '"')
				in_string = false;
		} else if (*text == '"') {
			in_string = true;
		} else if (*text == '{' || *text == '[') {
			open[depth++] = *text == '{' ? '}' : ']';
		} else if ((*text == '}' || *text == ']') &&
			   (depth == 0 || open[--depth] != *text)) {
			return false;
		}
		if (depth == sizeof(open))
			return false;
	}
	return depth == 0;
}

static void test_json(void)
{
	static const char *const want[] = {
		"{\"format\":\"pvtime-conform\",\"version\":1,\n\"targets\":[{\"name\":\"ours\","
		"\"title\":\"our "
		"own\",\"versions\":\"1.0\",\"fail\":0,\"weaker\":0,\"runs\":[\n",
		"{\"name\":\"one\",\"build\":\"4k-le\",\"form\":\"elf\",\"cpu\":\"max\",\"pcpus\":"
		"1,"
		"\"vcpus\":2,\"dialect\":\"1.0\",\"conduit\":\"hvc\",\"contended\":false,\"cap\":"
		"50,"
		"\"timeslice_us\":100,\"append\":\"rounds=5\",\"user\":false,\"suite\":\"4k-le "
		"cpus=2\","
		"\"status\":\"complete\",\"cases\":[",
		"{\"rule\":\"R-01\",\"name\":\"one_dialect\",\"verdict\":\"ok\",\"observed\":["
		"\"seen "
		"here\"]},\n",
		"\"verdict\":\"skip\",\"reason\":\"no \\\"padding\\\"\",\"observed\":[]}]}",
		"\"versions\":\"2 \\\"two\\\"\"",
		"\"user\":true,\"status\":\"limit\",\"why\":\"it hung\",\"cases\":[",
		"\"verdict\":\"weaker\",\"observed\":[\"x0 was <1|2>\"]}",
		"\"verdict\":\"none\",\"observed\":[]}]}]}],\n\"rules\":[\n{\"rule\":\"R-01\","
		"\"clause\":",
		"\"targets\":{\"ours\":\"ok\",\"other\":\"weaker\"}}",
		NULL,
	};
	char *text = drawn(&results, conform_report_json);

	expect("JSON", text, want);
	tap_ok(is_balanced(text), "JSON closes what it opens");
	text[strlen(text) - 2] = '\0';
	tap_ok(!is_balanced(text), "JSON that is cut off does not close what it opens");
	free(text);
}

static void test_markdown(void)
{
	static const char *const want[] = {
		"# Conformance: rule by target\n",
		"| Rule | ours | other | Origin | What it requires | Clause "
		"|\n|---|---|---|---|---|---|\n",
		"| R-01 | ok | weaker | ours | ",
		"\n## Target ours\n",
		"| one | 2 | 0 | 0 | 1 | 4k-le elf, max, ",
		"Skipped in every run, by reason:\n\n- no \"padding\": R-05 padding\n",
		"\n## Target other\n\nanother\\|one: 2 \"two\".\n",
		"; **limit**: it hung |\n",
		"weaker than this project asks for, and no document at hand asks for it:\n\n- R-01 "
		"`one_dialect`: ",
		". In three.\n  - x0 was \\<1\\|2\\>\n",
		"| `one_dialect` | ok | weaker | R-01 | ",
		"- R-28 (ours): `tests/unit/lib/publish.c` tests this project's library\n",
		NULL,
	};
	char *text = drawn(&results, conform_report_markdown);
	char *again = drawn(&results, conform_report_markdown);

	expect("Markdown", text, want);
	tap_ok(strcmp(text, again) == 0, "the same results give the same Markdown twice");
	free(text);
	free(again);
}

/* The same results as three columns of one target, by the versions that were found. */
static void test_versions(void)
{
	struct conform_section three[3] = {sections[0], sections[1], sections[1]};
	const struct conform_report report = {three, 3};
	static const char *const differ[] = {
		"| Rule | a-1 | a-2 | a-3 | ",
		"\n## Differences between versions\n\nVerdicts that differ between a-1, a-2 "
		"and a-3:\n\n",
		"- R-01 `one_dialect`, the other dialect's PV\\_TIME\\_ST returns NOT\\_SUPPORTED, and "
		"so does PV\\_TIME\\_FEATURES for it: ok on a-1, weaker on a-2, weaker on a-3\n",
		"- R-05 `header`, ",
		"\n## Target a-1\n",
		"\n## Target a-2\n",
		NULL,
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t s = 0; s < 3; s++) {
		three[s].target = &other;
		snprintf(three[s].label, sizeof(three[s].label), "a-%zu", s + 1);
	}
	conform_report_markdown(&report, out);
	fclose(out);
	expect("versions", text, differ);
	free(text);

	out = open_memstream(&text, &size);
	three[0] = three[1];
	conform_report_markdown(&report, out);
	fclose(out);
	tap_ok(strstr(text, ":\n\n- none: every case has the same verdict on all of them\n") !=
		       NULL,
	       "the Markdown says so if versions do not differ");
	free(text);
	text = drawn(&results, conform_report_markdown);
	tap_ok(strstr(text, "versions\n") == NULL,
	       "the Markdown compares nothing if each target has one version");
	free(text);
}

static void test_list(void)
{
	static const struct run_plan plans[] = {{.name = "alone", .build = "4k-le", .form = "raw"}};
	static const struct conform_target target = {
		.by = &by_ours, .title = "our own", .plans = plans, .plan_count = 1};
	static const struct conform_target *const targets[] = {&target};
	static const char *const want[] = {
		"R-01  ",
		"      one_dialect        ",
		"R-09  ",
		"      no case: ",
		"      reset              after SYSTEM_RESET the counter begins at 0 (in a run of its own) "
		"[ours]\n",
		"\nours: our own\n  alone             4k-le raw, alone\n",
		NULL,
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	conform_report_list(targets, 1, out);
	fclose(out);
	expect("the list", text, want);
	unsigned missing = 0;
	for (unsigned c = 0; c < CONFORM_CASES; c++)
		missing += strstr(text, conform_cases[c].text) == NULL;
	tap_is_u64(missing, 0, "every case is in the list");
	free(text);
}

int main(void)
{
	make_results();
	test_merge();
	test_table();
	test_tap();
	test_json();
	test_markdown();
	test_versions();
	test_list();
	for (unsigned r = 0; r < 3; r++)
		conform_result_free(&runs[r].result);
	return tap_done();
}
