/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/conformance.md. */
#include <string.h>
#include "tools/conform/markdown.h"

#define SHOWN	4u
#define REASONS 16u

/* A bar would end a table's cell; elsewhere < begins a tag, and * and _ emphasis. */
void markdown_escaped(const char *text, FILE *out)
{
	for (; *text != '\0'; text++) {
		if (strchr("|*_<>`\\[]", *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
}

const char *markdown_mark(enum conform_verdict verdict)
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

static void print_words(FILE *out)
{
	fputs("\n## The verdicts\n\n"
	      "A case comes from the documents or from this project (\"ours\").\n\n"
	      "- **FAIL**: in at least one run, a case of the documents found that the hypervisor does not do what a document\n"
	      "  says. The hypervisor is wrong, by the clause that is named.\n"
	      "- weaker: a case of ours found that the hypervisor does less than this project asks for. No document at hand\n"
	      "  asks for it, so the hypervisor is not wrong; SPEC.md says why a better hypervisor does it.\n"
	      "- ok: every run that could judge the case passed it.\n"
	      "- skip: no run could judge the case.\n"
	      "- -: no case of the rule runs there.\n\n"
	      "The number of cases with each verdict:\n\n",
	      out);
}

/* The table of how many cases of each target have which verdict. */
static void print_counts(const struct conform_report *report, FILE *out)
{
	static const enum conform_verdict rows[] = {CONFORM_OK, CONFORM_FAIL, CONFORM_WEAKER,
						    CONFORM_SKIP};

	heading(report, "Cases", "", out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fprintf(out, "| %s |", conform_verdict_word(rows[i]));
		for (size_t s = 0; s < report->count; s++)
			fprintf(out, " %u |", conform_cases_with(&report->sections[s], rows[i]));
		fputc('\n', out);
	}
}

static void print_rules(const struct conform_report *report, FILE *out)
{
	fputs("\n## The rules\n\n"
	      "A rule is FAIL if any of its cases is FAIL, and otherwise weaker if any is weaker.\n\n",
	      out);
	heading(report, "Rule", " Origin | What it requires | Clause |", out);
	for (unsigned r = 0; r < CONFORM_RULES; r++) {
		fprintf(out, "| %s |", conform_rules[r].name);
		for (size_t s = 0; s < report->count; s++)
			fprintf(out, " %s |",
				markdown_mark(conform_rule_verdict(&report->sections[s],
								   (enum conform_rule_id)r)));
		fprintf(out, " %s | ", conform_whose((enum conform_rule_id)r));
		markdown_escaped(conform_rules[r].text, out);
		fputs(" | ", out);
		markdown_escaped(conform_rules[r].clause, out);
		fputs(" |\n", out);
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
	fputs("\n## Rules without a case on a target\n\n", out);
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
			fprintf(out, ": `%s` tests this project's library", elsewhere);
		else if (elsewhere != NULL)
			fprintf(out, ": %s", elsewhere);
		fputs("\n", out);
	}
}

static void print_cases(const struct conform_report *report, FILE *out)
{
	fputs("\n## The cases\n\n", out);
	heading(report, "Case", " Rule | What it checks | Clause |", out);
	for (unsigned r = 0; r < CONFORM_RULES; r++) {
		for (unsigned c = 0; c < CONFORM_CASES; c++) {
			if (conform_cases[c].rule != r)
				continue;
			fprintf(out, "| `%s` |", conform_cases[c].name);
			for (size_t s = 0; s < report->count; s++)
				fprintf(out, " %s |",
					markdown_mark(conform_case_verdict(
						&report->sections[s], (enum conform_case_id)c)));
			fprintf(out, " %s | ", conform_rules[r].name);
			markdown_escaped(conform_cases[c].text, out);
			fputs(" | ", out);
			markdown_escaped(conform_cases[c].by != OURS ? conform_cases[c].by : "ours",
					 out);
			fputs(" |\n", out);
		}
	}
}

/* The target's cases with that verdict, FAIL or weaker, each with its runs and observations. */
static void print_broken(const struct conform_section *section, enum conform_verdict verdict,
			 const char *title, FILE *out)
{
	if (conform_cases_with(section, verdict) == 0)
		return;
	fprintf(out, "\n%s\n\n", title);
	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		enum conform_case_id id = (enum conform_case_id)c;
		struct conform_text texts[SHOWN];
		char runs[512];

		if (conform_case_verdict(section, id) != verdict)
			continue;
		fprintf(out, "- %s `%s`: ", conform_rules[conform_cases[c].rule].name,
			conform_cases[c].name);
		markdown_escaped(conform_cases[c].text, out);
		if (verdict == CONFORM_FAIL) {
			fputs(". Wrong by ", out);
			markdown_escaped(conform_cases[c].by, out);
		}
		conform_runs_with(section, id, verdict, runs, sizeof(runs));
		fprintf(out, ". In %s.\n", runs);
		size_t n = conform_observed(section, id, texts, SHOWN);
		for (size_t i = 0; i < n; i++) {
			fputs("  - ", out);
			markdown_escaped(texts[i].text, out);
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
		fputs("\nSkipped in every run, by reason:\n\n", out);
	for (size_t i = 0; i < n; i++) {
		fputs("- ", out);
		markdown_escaped(texts[i].text, out);
		fputs(": ", out);
		markdown_escaped(texts[i].names, out);
		fputc('\n', out);
	}
}

static void print_runs(const struct conform_section *section, FILE *out)
{
	char axes[512];

	fputs("\n| Run | ok | FAIL | weaker | skip | How |\n|---|---|---|---|---|---|\n", out);
	for (size_t r = 0; r < section->run_count; r++) {
		const struct conform_run *run = &section->runs[r];

		conform_axes(&run->plan, axes, sizeof(axes));
		fprintf(out, "| %s | %u | %u | %u | %u | ", run->plan.name,
			conform_count(run, CONFORM_OK), conform_count(run, CONFORM_FAIL),
			conform_count(run, CONFORM_WEAKER), conform_count(run, CONFORM_SKIP));
		markdown_escaped(axes, out);
		if (run->result.status != CONFORM_COMPLETE) {
			fprintf(out, "; **%s**: ", conform_status_word(run->result.status));
			markdown_escaped(run->result.why, out);
		}
		fputs(" |\n", out);
	}
}

static void print_section(const struct conform_section *section, FILE *out)
{
	fprintf(out, "\n## Target %s\n\n", section->label);
	markdown_escaped(section->target->title, out);
	fputs(": ", out);
	markdown_escaped(section->versions, out);
	fputs(".\n", out);
	print_runs(section, out);
	print_broken(section, CONFORM_FAIL, "FAIL, by clauses of the documents:", out);
	print_broken(section, CONFORM_WEAKER,
		     "weaker than this project asks for, and " CONFORM_NO_CLAUSE ":", out);
	print_skips(section, out);
}

void conform_report_markdown(const struct conform_report *report, FILE *out)
{
	fputs("# Conformance: rule by target\n\n"
	      "`make conform-all` runs every target and writes this page with `pvtime conform --markdown`. The suite is\n"
	      "`conformance/`: a bare-metal guest, the same image on every target, which judges only what it observes itself,\n"
	      "and a program for KVM's user space. SPEC.md has the rules.\n",
	      out);
	print_words(out);
	print_counts(report, out);
	print_rules(report, out);
	markdown_versions(report, out);
	for (size_t s = 0; s < report->count; s++)
		print_section(&report->sections[s], out);
	print_cases(report, out);
	print_uncovered(report, out);
}
