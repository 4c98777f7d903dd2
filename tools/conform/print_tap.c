/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The results as TAP: one test for each run of a target, then one for each of its cases, judged
 * over all runs together.
 */
#include "tools/conform/print.h"

#define SHOWN 8u

static bool expected(const struct conform_section *section, unsigned id)
{
	for (size_t r = 0; r < section->run_count; r++)
		if (section->runs[r].expected[id])
			return true;
	return false;
}

static void diagnose(const struct conform_section *section, enum conform_case_id id,
		     enum conform_verdict verdict, FILE *out)
{
	struct conform_text texts[SHOWN];
	char runs[512];

	if (verdict == CONFORM_FAIL)
		fprintf(out, "# FAIL: wrong by %s\n", conform_cases[id].by);
	else
		fprintf(out, "# weaker: " CONFORM_NO_CLAUSE "\n");
	conform_runs_with(section, id, verdict, runs, sizeof(runs));
	fprintf(out, "# in %s\n", runs);
	size_t n = conform_observed(section, id, texts, SHOWN);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "# %s%s%s\n", texts[i].names, texts[i].names[0] != '\0' ? ": " : "",
			texts[i].text);
}

/*
 * A case without a verdict in any run is not ok, because its runs lost it. A weaker case is a
 * failure only of this project's hypervisor; for other targets, TAP's TODO marks it as no failure.
 */
static void print_case(const struct conform_section *section, enum conform_case_id id,
		       unsigned number, FILE *out)
{
	const struct conform_case *c = &conform_cases[id];
	enum conform_verdict verdict = conform_case_verdict(section, id);
	struct conform_text reason;

	fprintf(out, "%sok %u - %s %s %s: %s",
		verdict == CONFORM_OK || verdict == CONFORM_SKIP ? "" : "not ", number,
		section->label, conform_rules[c->rule].name, c->name, c->text);
	if (verdict == CONFORM_SKIP && conform_reasons(section, id, &reason, 1) > 0)
		fprintf(out, " # SKIP %s", reason.text);
	if (verdict == CONFORM_WEAKER && !section->target->ours)
		fprintf(out, " # TODO weaker");
	fputc('\n', out);
	if (verdict == CONFORM_FAIL || verdict == CONFORM_WEAKER)
		diagnose(section, id, verdict, out);
	if (verdict == CONFORM_NONE)
		fprintf(out, "# no run reached this case\n");
}

static void print_run(const struct conform_section *section, const struct conform_run *run,
		      unsigned number, FILE *out)
{
	bool whole = run->result.status == CONFORM_COMPLETE;
	char axes[512];

	conform_axes(&run->plan, axes, sizeof(axes));
	fprintf(out, "%sok %u - %s run %s is complete: %s\n", whole ? "" : "not ", number,
		section->label, run->plan.name, axes);
	if (!whole)
		fprintf(out, "# %s: %s\n", conform_status_word(run->result.status),
			run->result.why);
}

void conform_report_tap(const struct conform_report *report, FILE *out)
{
	unsigned number = 0;

	fprintf(out, "TAP version 13\n");
	for (size_t s = 0; s < report->count; s++) {
		const struct conform_section *section = &report->sections[s];

		fprintf(out, "# %s: %s; %s\n", section->label, section->target->title,
			section->versions);
		for (size_t r = 0; r < section->run_count; r++)
			print_run(section, &section->runs[r], ++number, out);
		for (unsigned c = 0; c < CONFORM_CASES; c++)
			if (expected(section, c))
				print_case(section, (enum conform_case_id)c, ++number, out);
		fprintf(out, "# %s: %u ok, %u FAIL, %u weaker, %u skip\n", section->label,
			conform_cases_with(section, CONFORM_OK),
			conform_cases_with(section, CONFORM_FAIL),
			conform_cases_with(section, CONFORM_WEAKER),
			conform_cases_with(section, CONFORM_SKIP));
	}
	fprintf(out, "1..%u\n", number);
}
