/* SPDX-License-Identifier: BSD-2-Clause */
/* The table for people; and what the other formats share. */
#include <stdarg.h>
#include <string.h>
#include "tools/conform/report.h"

#define REASONS 16u
#define FEW	4u /* different texts of one case that are shown */

const char *conform_verdict_word(enum conform_verdict verdict)
{
	static const char *const words[] = {
		[CONFORM_NONE] = "-",
		[CONFORM_SKIP] = "skip",
		[CONFORM_OK] = "ok",
		[CONFORM_FAIL] = "FAIL",
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
	default:
		return look->dim;
	}
}

static int column(const struct conform_section *section)
{
	int n = (int)strlen(section->label);

	return n > 4 ? n : 4;
}

static void draw_rules(const struct conform_report *report, const struct conform_look *look,
		       FILE *out)
{
	fprintf(out, "%sRule", look->title);
	for (size_t s = 0; s < report->count; s++)
		fprintf(out, "  %-*s", column(&report->sections[s]), report->sections[s].label);
	fprintf(out, "  What it asks for%s\n", look->plain);
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

/* A target's rules that none of its runs has a case of, with what tests them. */
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

static void draw_failures(const struct conform_section *section, const struct conform_look *look,
			  FILE *out)
{
	bool any = false;

	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		enum conform_case_id id = (enum conform_case_id)c;
		struct conform_text texts[FEW];
		char runs[512];

		if (conform_case_verdict(section, id) != CONFORM_FAIL)
			continue;
		if (!any)
			fprintf(out, "\n%s: %sFAIL%s\n", section->label, look->bad, look->plain);
		any = true;
		draw_case(id, out);
		conform_runs_with(section, id, CONFORM_FAIL, runs, sizeof(runs));
		fprintf(out, "    in %s\n", runs);
		size_t n = conform_observed(section, id, texts, FEW);
		for (size_t i = 0; i < n; i++)
			fprintf(out, "    %s%s%s\n", texts[i].names,
				texts[i].names[0] != '\0' ? ": " : "", texts[i].text);
	}
}

/* Cases that were to run and could be judged nowhere, by the reason. */
static void draw_skips(const struct conform_section *section, FILE *out)
{
	struct conform_text texts[REASONS];
	size_t n = conform_skipped(section, texts, REASONS);

	if (n > 0)
		fprintf(out, "\n%s: skipped in every run\n", section->label);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "  %s\n    %s\n", texts[i].text, texts[i].names);
}

static void draw_runs(const struct conform_section *section, const struct conform_look *look,
		      FILE *out)
{
	int width = 0;

	for (size_t r = 0; r < section->run_count; r++)
		if ((int)strlen(section->runs[r].plan.name) > width)
			width = (int)strlen(section->runs[r].plan.name);
	fprintf(out, "\n%s: %s; %s\n", section->label, section->target->title, section->versions);
	for (size_t r = 0; r < section->run_count; r++) {
		const struct conform_run *run = &section->runs[r];
		unsigned failed = conform_count(run, CONFORM_FAIL);
		char axes[512];

		conform_axes(&run->plan, axes, sizeof(axes));
		fprintf(out, "  %-*s  %3u ok  %s%3u FAIL%s  %3u skip  %s\n", width, run->plan.name,
			conform_count(run, CONFORM_OK), failed != 0 ? look->bad : "", failed,
			failed != 0 ? look->plain : "", conform_count(run, CONFORM_SKIP), axes);
		if (run->result.status != CONFORM_COMPLETE)
			fprintf(out, "  %-*s  %s%s%s: %s\n", width, "", look->bad,
				conform_status_word(run->result.status), look->plain,
				run->result.why);
	}
}

void conform_report_table(const struct conform_report *report, const struct conform_look *look,
			  FILE *out)
{
	draw_rules(report, look, out);
	for (size_t s = 0; s < report->count; s++) {
		const struct conform_section *section = &report->sections[s];

		draw_failures(section, look, out);
		draw_skips(section, out);
		draw_uncovered(section, out);
		draw_runs(section, look, out);
	}
}

static void list_case(const struct conform_case *c, FILE *out)
{
	fprintf(out, "      %-16s  %s%s%s\n", c->name, c->text, c->user ? " (user space)" : "",
		c->reset ? " (in a run of its own)" : "");
}

void conform_report_list(const struct conform_target *const *targets, size_t count, FILE *out)
{
	char axes[512];

	for (unsigned r = 0; r < CONFORM_RULES; r++) {
		const char *elsewhere = conform_elsewhere((enum conform_rule_id)r);
		unsigned cases = 0;

		fprintf(out, "%s  %s [%s]\n", conform_rules[r].name, conform_rules[r].text,
			conform_rules[r].clause);
		for (unsigned c = 0; c < CONFORM_CASES; c++) {
			if (conform_cases[c].rule != r)
				continue;
			cases++;
			list_case(&conform_cases[c], out);
		}
		if (cases == 0)
			fprintf(out, "      no case: %s\n",
				elsewhere != NULL ? elsewhere : "uncovered");
	}
	for (size_t t = 0; t < count; t++) {
		fprintf(out, "\n%s: %s\n", targets[t]->by->name, targets[t]->title);
		for (size_t p = 0; p < targets[t]->plan_count; p++) {
			const struct run_plan *plan = &targets[t]->plans[p];
			conform_axes(plan, axes, sizeof(axes));
			fprintf(out, "  %-16s  %s\n", plan->name, axes);
		}
	}
}
