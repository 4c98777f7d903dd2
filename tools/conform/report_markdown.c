/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/conformance.md. */
#include <string.h>
#include "tools/conform/report.h"

#define SHOWN	4u
#define REASONS 16u

/* In a cell a bar would end it, and in any text < begins a tag, and * and _ emphasis. */
static void escaped(const char *text, FILE *out)
{
	for (; *text != '\0'; text++) {
		if (strchr("|*_<>`\\[]", *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
}

static const char *mark(enum conform_verdict verdict)
{
	return verdict == CONFORM_FAIL ? "**FAIL**" : conform_verdict_word(verdict);
}

static void heading(const struct conform_report *report, const char *first, const char *last,
		    FILE *out)
{
	fprintf(out, "| %s |", first);
	for (size_t s = 0; s < report->count; s++)
		fprintf(out, " %s |", report->sections[s].label);
	fprintf(out, "%s\n|---|", last);
	for (size_t s = 0; s < report->count; s++)
		fputs("---|", out);
	for (const char *p = last; (p = strchr(p, '|')) != NULL; p++)
		fputs("---|", out);
	fputc('\n', out);
}

static void print_rules(const struct conform_report *report, FILE *out)
{
	fputs("\n## The rules\n\n"
	      "**FAIL**: a case found the rule broken in at least one run. ok: every run that "
	      "could judge it\n"
	      "found it kept. skip: no run could judge it. -: no case of it runs there.\n\n",
	      out);
	heading(report, "Rule", " What it asks for | From |", out);
	for (unsigned r = 0; r < CONFORM_RULES; r++) {
		fprintf(out, "| %s |", conform_rules[r].name);
		for (size_t s = 0; s < report->count; s++)
			fprintf(out, " %s |",
				mark(conform_rule_verdict(&report->sections[s],
							  (enum conform_rule_id)r)));
		fputc(' ', out);
		escaped(conform_rules[r].text, out);
		fputs(" | ", out);
		escaped(conform_rules[r].clause, out);
		fputs(" |\n", out);
	}
}

/* The first of `count` sections of one target, as a list for people. */
static void print_labels(const struct conform_section *sections, size_t count, FILE *out)
{
	for (size_t s = 0; s < count; s++)
		fprintf(out, "%s%s",
			s == 0		? ""
			: s + 1 < count ? ", "
					: " and ",
			sections[s].label);
}

static bool differs(const struct conform_section *sections, size_t count, enum conform_case_id id)
{
	bool any = false;

	for (size_t s = 1; s < count; s++)
		any |= conform_case_verdict(&sections[s], id) !=
		       conform_case_verdict(&sections[0], id);
	return any;
}

/* Cases that versions of one target have different verdicts of. */
static void print_versions(const struct conform_section *sections, size_t count, FILE *out)
{
	bool any = false;

	fputs("\nVerdicts that are not the same on ", out);
	print_labels(sections, count, out);
	fputs(":\n\n", out);
	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		enum conform_case_id id = (enum conform_case_id)c;

		if (!differs(sections, count, id))
			continue;
		any = true;
		fprintf(out, "- %s `%s`, ", conform_rules[conform_cases[c].rule].name,
			conform_cases[c].name);
		escaped(conform_cases[c].text, out);
		for (size_t s = 0; s < count; s++)
			fprintf(out, "%s %s on %s", s == 0 ? ":" : ",",
				mark(conform_case_verdict(&sections[s], id)), sections[s].label);
		fputs("\n", out);
	}
	if (!any)
		fputs("- none: every case has one verdict on all of them\n", out);
}

static void print_differences(const struct conform_report *report, FILE *out)
{
	bool any = false;
	size_t count;

	for (size_t s = 0; s < report->count; s += count) {
		const struct conform_section *first = &report->sections[s];

		for (count = 1; s + count < report->count; count++)
			if (first[count].target != first->target)
				break;
		if (count == 1)
			continue;
		if (!any)
			fputs("\n## What differs between versions\n", out);
		any = true;
		print_versions(first, count, out);
	}
}

static bool covered(const struct conform_report *report, enum conform_rule_id id)
{
	bool any = false;

	for (size_t s = 0; s < report->count; s++)
		any |= conform_rule_covered(&report->sections[s], id);
	return any;
}

static void print_uncovered(const struct conform_report *report, FILE *out)
{
	fputs("\n## Rules that no case of a target can see\n\n", out);
	for (unsigned r = 0; r < CONFORM_RULES; r++) {
		const char *elsewhere = conform_elsewhere((enum conform_rule_id)r);
		char lacking[512] = "";

		for (size_t s = 0; s < report->count; s++) {
			size_t used = strlen(lacking);
			if (!conform_rule_covered(&report->sections[s], (enum conform_rule_id)r))
				snprintf(lacking + used, sizeof(lacking) - used, "%s%s",
					 used > 0 ? ", " : "", report->sections[s].label);
		}
		if (lacking[0] == '\0')
			continue;
		fprintf(out, "- %s (%s)", conform_rules[r].name,
			covered(report, (enum conform_rule_id)r) ? lacking : "all targets");
		if (elsewhere != NULL && strchr(elsewhere, '/') != NULL)
			fprintf(out, ": this project's library is held to it by `%s`", elsewhere);
		else if (elsewhere != NULL)
			fprintf(out, ": %s", elsewhere);
		fputs("\n", out);
	}
}

static void print_cases(const struct conform_report *report, FILE *out)
{
	fputs("\n## The cases\n\n", out);
	heading(report, "Case", " Rule | What it says |", out);
	for (unsigned r = 0; r < CONFORM_RULES; r++) {
		for (unsigned c = 0; c < CONFORM_CASES; c++) {
			if (conform_cases[c].rule != r)
				continue;
			fprintf(out, "| `%s` |", conform_cases[c].name);
			for (size_t s = 0; s < report->count; s++)
				fprintf(out, " %s |",
					mark(conform_case_verdict(&report->sections[s],
								  (enum conform_case_id)c)));
			fprintf(out, " %s | ", conform_rules[r].name);
			escaped(conform_cases[c].text, out);
			fputs(" |\n", out);
		}
	}
}

/* What a target breaks, each with what there is to say of it. */
static void print_failures(const struct conform_section *section, FILE *out)
{
	bool any = false;

	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		enum conform_case_id id = (enum conform_case_id)c;
		struct conform_text texts[SHOWN];
		char runs[512];

		if (conform_case_verdict(section, id) != CONFORM_FAIL)
			continue;
		if (!any)
			fputs("\nWhat it breaks, and what was observed:\n\n", out);
		any = true;
		fprintf(out, "- %s `%s`: ", conform_rules[conform_cases[c].rule].name,
			conform_cases[c].name);
		escaped(conform_cases[c].text, out);
		conform_runs_with(section, id, CONFORM_FAIL, runs, sizeof(runs));
		fprintf(out, ". In %s.\n", runs);
		size_t n = conform_observed(section, id, texts, SHOWN);
		for (size_t i = 0; i < n; i++) {
			fputs("  - ", out);
			escaped(texts[i].text, out);
			if (texts[i].names[0] != '\0')
				fprintf(out, " (%s)", texts[i].names);
			fputc('\n', out);
		}
	}
}

static void print_skips(const struct conform_section *section, FILE *out)
{
	struct conform_text texts[REASONS];
	size_t n = conform_skipped(section, texts, REASONS);

	if (n > 0)
		fputs("\nSkipped in every run, by the reason:\n\n", out);
	for (size_t i = 0; i < n; i++) {
		fputs("- ", out);
		escaped(texts[i].text, out);
		fputs(": ", out);
		escaped(texts[i].names, out);
		fputc('\n', out);
	}
}

static void print_runs(const struct conform_section *section, FILE *out)
{
	char axes[512];

	fputs("\n| Run | ok | FAIL | skip | How |\n|---|---|---|---|---|\n", out);
	for (size_t r = 0; r < section->run_count; r++) {
		const struct conform_run *run = &section->runs[r];

		conform_axes(&run->plan, axes, sizeof(axes));
		fprintf(out, "| %s | %u | %u | %u | ", run->plan.name,
			conform_count(run, CONFORM_OK), conform_count(run, CONFORM_FAIL),
			conform_count(run, CONFORM_SKIP));
		escaped(axes, out);
		if (run->result.status != CONFORM_COMPLETE) {
			fprintf(out, "; **%s**: ", conform_status_word(run->result.status));
			escaped(run->result.why, out);
		}
		fputs(" |\n", out);
	}
}

static void print_section(const struct conform_section *section, FILE *out)
{
	fprintf(out, "\n## Target %s\n\n", section->label);
	escaped(section->target->title, out);
	fputs(": ", out);
	escaped(section->versions, out);
	fputs(".\n", out);
	print_runs(section, out);
	print_failures(section, out);
	print_skips(section, out);
}

void conform_report_markdown(const struct conform_report *report, FILE *out)
{
	fputs("# Conformance: rule by target\n\n"
	      "`pvtime conform --markdown` has written this page; `make conform-all` runs every "
	      "target and writes it\n"
	      "anew. The suite is `conformance/`: a bare-metal guest that judges by what it sees "
	      "itself, the same\n"
	      "image on every target, and a program for user space. The rules are those of "
	      "SPEC.md.\n",
	      out);
	print_rules(report, out);
	print_differences(report, out);
	for (size_t s = 0; s < report->count; s++)
		print_section(&report->sections[s], out);
	print_cases(report, out);
	print_uncovered(report, out);
}
