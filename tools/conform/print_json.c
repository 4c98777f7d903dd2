/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/conform/print.h"
#include "tools/json_format.h"

/* Guests' texts are printable ASCII already, but those of the tables may contain quotes. */
static void string(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ')
			fprintf(out, "\\u%04x", (unsigned char)*text);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

/* ,"KEY":"TEXT", or nothing if `text` is NULL. */
static void field(const char *key, const char *text, FILE *out)
{
	if (text == NULL)
		return;
	fprintf(out, ",\"%s\":", key);
	string(text, out);
}

static void number(const char *key, unsigned value, FILE *out)
{
	if (value != 0)
		fprintf(out, ",\"%s\":%u", key, value);
}

static const char *verdict_of(enum conform_verdict verdict)
{
	static const char *const words[] = {
		[CONFORM_NONE] = "none",     [CONFORM_SKIP] = "skip", [CONFORM_OK] = "ok",
		[CONFORM_WEAKER] = "weaker", [CONFORM_FAIL] = "fail",
	};
	return words[verdict];
}

static void print_case(enum conform_case_id id, const struct conform_seen *seen, FILE *out)
{
	fprintf(out, "{\"rule\":\"%s\",\"name\":\"%s\",\"verdict\":\"%s\"",
		conform_rules[conform_cases[id].rule].name, conform_cases[id].name,
		verdict_of(seen->verdict));
	field("reason", seen->reason, out);
	fputs(",\"observed\":[", out);
	for (unsigned i = 0; i < seen->observed_count; i++) {
		if (i > 0)
			fputc(',', out);
		string(seen->observed[i], out);
	}
	fputs("]}", out);
}

static void print_run(const struct conform_run *run, FILE *out)
{
	const struct run_plan *plan = &run->plan;
	const char *comma = "";

	fputs("{\"name\":", out);
	string(plan->name, out);
	field("build", plan->build, out);
	field("form", plan->form, out);
	field("cpu", plan->cpu, out);
	number("pcpus", plan->pcpus, out);
	number("vcpus", plan->vcpus, out);
	field("dialect", plan->dialect, out);
	field("conduit", plan->conduit, out);
	fprintf(out, ",\"contended\":%s", plan->contended ? "true" : "false");
	number("cap", plan->cap, out);
	number("timeslice_us", plan->timeslice_us, out);
	field("append", plan->append, out);
	fprintf(out, ",\"user\":%s", plan->user ? "true" : "false");
	field("suite", run->result.suite, out);
	field("status", conform_status_word(run->result.status), out);
	if (run->result.status != CONFORM_COMPLETE)
		field("why", run->result.why, out);
	fputs(",\"cases\":[", out);
	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		if (!run->expected[c])
			continue;
		fputs(comma, out);
		comma = ",\n";
		print_case((enum conform_case_id)c, &run->result.cases[c], out);
	}
	fputs("]}", out);
}

/* The rule's cases: whether each is the documents' or this project's, and its clause. */
static void print_grades(enum conform_rule_id id, FILE *out)
{
	const char *comma = "";

	fputs(",\"cases\":[", out);
	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		const struct conform_case *of = &conform_cases[c];

		if (of->rule != id)
			continue;
		fprintf(out, "%s{\"name\":\"%s\",\"whose\":\"%s\"", comma, of->name,
			of->by != OURS ? "documents" : "ours");
		field("clause", of->by, out);
		fputc('}', out);
		comma = ",";
	}
	fputc(']', out);
}

static void print_rule(const struct conform_report *report, enum conform_rule_id id, FILE *out)
{
	fprintf(out, "{\"rule\":\"%s\"", conform_rules[id].name);
	field("clause", conform_rules[id].clause, out);
	field("text", conform_rules[id].text, out);
	field("whose", conform_whose(id), out);
	print_grades(id, out);
	fputs(",\"targets\":{", out);
	for (size_t s = 0; s < report->count; s++)
		fprintf(out, "%s\"%s\":\"%s\"", s > 0 ? "," : "", report->sections[s].label,
			verdict_of(conform_rule_verdict(&report->sections[s], id)));
	fputs("}}", out);
}

void conform_report_json(const struct conform_report *report, FILE *out)
{
	fprintf(out, "{\"format\":\"%s\",\"version\":%d,\n", JSON_CONFORM_FORMAT,
		JSON_CONFORM_VERSION);
	fputs("\"targets\":[", out);
	for (size_t s = 0; s < report->count; s++) {
		const struct conform_section *section = &report->sections[s];

		fprintf(out, "%s{\"name\":\"%s\"", s > 0 ? ",\n" : "", section->label);
		field("title", section->target->title, out);
		field("versions", section->versions, out);
		fprintf(out, ",\"fail\":%u,\"weaker\":%u",
			conform_cases_with(section, CONFORM_FAIL),
			conform_cases_with(section, CONFORM_WEAKER));
		fputs(",\"runs\":[\n", out);
		for (size_t r = 0; r < section->run_count; r++) {
			fputs(r > 0 ? ",\n" : "", out);
			print_run(&section->runs[r], out);
		}
		fputs("]}", out);
	}
	fputs("],\n\"rules\":[\n", out);
	for (unsigned r = 0; r < CONFORM_RULES; r++) {
		fputs(r > 0 ? ",\n" : "", out);
		print_rule(report, (enum conform_rule_id)r, out);
	}
	fputs("]}\n", out);
}
