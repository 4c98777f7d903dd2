/* SPDX-License-Identifier: BSD-2-Clause */
/* The table for people, and words that all formats share. */
#include <stdarg.h>
#include <string.h>
#include "tools/conform/print.h"

#define REASONS 16u
#define FEW	4u /* at most this many different observations of a case are printed */

const char *conform_verdict_word(enum conform_verdict verdict)
{
	static const char *const words[] = {
		[CONFORM_NONE] = "-",	     [CONFORM_SKIP] = "skip", [CONFORM_OK] = "ok",
		[CONFORM_WEAKER] = "weaker", [CONFORM_FAIL] = "FAIL",
	};
	return words[verdict];
}

const char *conform_status_word(enum conform_status status)
{
	static const char *const words[] = {
		[CONFORM_COMPLETE] = "complete",
		[CONFORM_FAULTY] = "faulty",
		[CONFORM_HUNG] = "limit",
		[CONFORM_DIED] = "stopped",
	};
	return words[status];
}

__attribute__((format(printf, 3, 4))) static void add(char *text, size_t room, const char *format,
						      ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	if (used > 0 && used + 2 < room) {
		strcat(text, ", ");
		used += 2;
	}
	vsnprintf(text + used, room - used, format, args);
	va_end(args);
}

static unsigned count_listed(const char *list)
{
	unsigned n = 1;

	for (; *list != '\0'; list++)
		n += *list == ',';
	return n;
}

void conform_axes(const struct run_plan *plan, char *text, size_t room)
{
	text[0] = '\0';
	if (plan->user)
		add(text, room, "user space");
	else if (plan->build != NULL)
		add(text, room, "%s %s", plan->build, plan->form != NULL ? plan->form : "img");
	if (plan->cpu != NULL)
		add(text, room, "%s", plan->cpu);
	if (plan->vcpus != 0 && plan->pcpus != 0)
		add(text, room, "%u vCPU%s on %u CPU%s", plan->vcpus, plan->vcpus > 1 ? "s" : "",
		    plan->pcpus, plan->pcpus > 1 ? "s" : "");
	else if (plan->vcpus != 0)
		add(text, room, "%u vCPU%s", plan->vcpus, plan->vcpus > 1 ? "s" : "");
	if (plan->dialect != NULL)
		add(text, room, strcmp(plan->dialect, "off") == 0 ? "stolen time %s" : "%s",
		    plan->dialect);
	if (plan->conduit != NULL)
		add(text, room, "%s", plan->conduit);
	if (!plan->user)
		add(text, room, plan->contended ? "contended" : "alone");
	if (plan->cap != 0)
		add(text, room, "cap %u %%", plan->cap);
	if (plan->timeslice_us != 0)
		add(text, room, "timeslice %u us", plan->timeslice_us);
	if (plan->append != NULL)
		add(text, room, "%s", plan->append);
	if (plan->without != NULL)
		add(text, room, "without %u cases", count_listed(plan->without));
}

static const char *colour_of(const struct conform_look *look, enum conform_verdict verdict)
{
	switch (verdict) {
	case CONFORM_OK:
		return look->good;
	case CONFORM_FAIL:
		return look->bad;
	case CONFORM_WEAKER:
		return look->weak;
	default:
		return look->dim;
	}
}

static int column(const struct conform_section *section)
{
	int n = (int)strlen(section->label), word = (int)strlen("weaker");

	return n > word ? n : word;
}

static void draw_rules(const struct conform_report *report, const struct conform_look *look,
		       FILE *out)
{
	fprintf(out, "%sRule", look->title);
	for (size_t s = 0; s < report->count; s++)
		fprintf(out, "  %-*s", column(&report->sections[s]), report->sections[s].label);
	fprintf(out, "  What it requires%s\n", look->plain);
	for (unsigned r = 0; r < CONFORM_RULES; r++) {
		fprintf(out, "%s", conform_rules[r].name);
		for (size_t s = 0; s < report->count; s++) {
			const struct conform_section *section = &report->sections[s];
			enum conform_verdict v =
				conform_rule_verdict(section, (enum conform_rule_id)r);
			fprintf(out, "  %s%-*s%s", colour_of(look, v), column(section),
				conform_verdict_word(v), look->plain);
		}
		fprintf(out, "  %s\n", conform_rules[r].text);
	}
}

/*
 * The rules for which none of the target's runs has a case, and the test that covers each instead.
 */
static void draw_uncovered(const struct conform_section *section, FILE *out)
{
	bool any = false;

	for (unsigned r = 0; r < CONFORM_RULES; r++) {
		const char *elsewhere = conform_elsewhere((enum conform_rule_id)r);

		if (conform_rule_covered(section, (enum conform_rule_id)r))
			continue;
		if (!any)
			fprintf(out, "\n%s: no case in these runs (-)\n", section->label);
		any = true;
		fprintf(out, "  %s", conform_rules[r].name);
		if (elsewhere != NULL && section->target->ours)
			fprintf(out, "  %s", elsewhere);
		fputc('\n', out);
	}
}

static void draw_case(enum conform_case_id id, FILE *out)
{
	const struct conform_case *c = &conform_cases[id];

	fprintf(out, "  %s %s: %s\n", conform_rules[c->rule].name, c->name, c->text);
}

/* The cases with that verdict, FAIL or weaker, and what was observed. */
static void draw_broken(const struct conform_section *section, enum conform_verdict verdict,
			const struct conform_look *look, FILE *out)
{
	bool any = false;

	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		enum conform_case_id id = (enum conform_case_id)c;
		struct conform_text texts[FEW];
		char runs[512];

		if (conform_case_verdict(section, id) != verdict)
			continue;
		if (!any)
			fprintf(out, "\n%s: %s%s%s%s\n", section->label, colour_of(look, verdict),
				conform_verdict_word(verdict), look->plain,
				verdict == CONFORM_WEAKER ? ": " CONFORM_NO_CLAUSE : "");
		any = true;
		draw_case(id, out);
		if (verdict == CONFORM_FAIL)
			fprintf(out, "    wrong by %s\n", conform_cases[c].by);
		conform_runs_with(section, id, verdict, runs, sizeof(runs));
		fprintf(out, "    in %s\n", runs);
		size_t n = conform_observed(section, id, texts, FEW);
		for (size_t i = 0; i < n; i++)
			fprintf(out, "    %s%s%s\n", texts[i].names,
				texts[i].names[0] != '\0' ? ": " : "", texts[i].text);
	}
}

/* The cases that no run could judge, by the reason. */
static void draw_skips(const struct conform_section *section, FILE *out)
{
	struct conform_text texts[REASONS];
	size_t n = conform_skipped(section, texts, REASONS);

	if (n > 0)
		fprintf(out, "\n%s: skipped in every run\n", section->label);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "  %s\n    %s\n", texts[i].text, texts[i].names);
}

/* n[v] is the number of cases with verdict v. */
static void draw_counts(const unsigned n[CONFORM_VERDICTS], const struct conform_look *look,
			FILE *out)
{
	static const enum conform_verdict order[] = {CONFORM_OK, CONFORM_FAIL, CONFORM_WEAKER,
						     CONFORM_SKIP};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		enum conform_verdict v = order[i];
		bool shown = n[v] != 0 && (v == CONFORM_FAIL || v == CONFORM_WEAKER);

		fprintf(out, "  %s%3u %s%s", shown ? colour_of(look, v) : "", n[v],
			conform_verdict_word(v), shown ? look->plain : "");
	}
}

static void draw_run(const struct conform_run *run, int width, const struct conform_look *look,
		     FILE *out)
{
	unsigned n[CONFORM_VERDICTS];
	char axes[512];

	for (unsigned v = 0; v < CONFORM_VERDICTS; v++)
		n[v] = conform_count(run, (enum conform_verdict)v);
	conform_axes(&run->plan, axes, sizeof(axes));
	fprintf(out, "  %-*s", width, run->plan.name);
	draw_counts(n, look, out);
	fprintf(out, "  %s\n", axes);
	if (run->result.status != CONFORM_COMPLETE)
		fprintf(out, "  %-*s  %s%s%s: %s\n", width, "", look->bad,
			conform_status_word(run->result.status), look->plain, run->result.why);
}

static void draw_runs(const struct conform_section *section, const struct conform_look *look,
		      FILE *out)
{
	static const char all[] = "all runs";
	unsigned n[CONFORM_VERDICTS];
	int width = (int)strlen(all);

	for (size_t r = 0; r < section->run_count; r++)
		if ((int)strlen(section->runs[r].plan.name) > width)
			width = (int)strlen(section->runs[r].plan.name);
	fprintf(out, "\n%s: %s; %s\n", section->label, section->target->title, section->versions);
	for (size_t r = 0; r < section->run_count; r++)
		draw_run(&section->runs[r], width, look, out);
	for (unsigned v = 0; v < CONFORM_VERDICTS; v++)
		n[v] = conform_cases_with(section, (enum conform_verdict)v);
	fprintf(out, "  %-*s", width, all);
	draw_counts(n, look, out);
	fputc('\n', out);
}

void conform_report_table(const struct conform_report *report, const struct conform_look *look,
			  FILE *out)
{
	draw_rules(report, look, out);
	for (size_t s = 0; s < report->count; s++) {
		const struct conform_section *section = &report->sections[s];

		draw_broken(section, CONFORM_FAIL, look, out);
		draw_broken(section, CONFORM_WEAKER, look, out);
		draw_skips(section, out);
		draw_uncovered(section, out);
		draw_runs(section, look, out);
	}
}
