/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/conform/result.h"

void conform_result_free(struct conform_result *result)
{
	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		struct conform_seen *seen = &result->cases[c];

		free(seen->reason);
		for (unsigned i = 0; i < seen->observed_count; i++)
			free(seen->observed[i]);
	}
	free(result->suite);
	memset(result, 0, sizeof(*result));
}

enum conform_verdict conform_case_verdict(const struct conform_section *section,
					  enum conform_case_id id)
{
	enum conform_verdict worst = CONFORM_NONE;

	for (size_t r = 0; r < section->run_count; r++)
		if (section->runs[r].result.cases[id].verdict > worst)
			worst = section->runs[r].result.cases[id].verdict;
	return worst;
}

enum conform_verdict conform_rule_verdict(const struct conform_section *section,
					  enum conform_rule_id id)
{
	enum conform_verdict worst = CONFORM_NONE;

	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		enum conform_verdict verdict =
			conform_case_verdict(section, (enum conform_case_id)c);
		if (conform_cases[c].rule == id && verdict > worst)
			worst = verdict;
	}
	return worst;
}

bool conform_holds(const struct conform_section *section, bool strict)
{
	bool ours = section->target->ours;

	return (!(ours || strict) || conform_cases_with(section, CONFORM_FAIL) == 0) &&
	       (!ours || conform_cases_with(section, CONFORM_WEAKER) == 0);
}

bool conform_rule_covered(const struct conform_section *section, enum conform_rule_id id)
{
	for (size_t r = 0; r < section->run_count; r++)
		for (unsigned c = 0; c < CONFORM_CASES; c++)
			if (section->runs[r].expected[c] && conform_cases[c].rule == id)
				return true;
	return false;
}

unsigned conform_count(const struct conform_run *run, enum conform_verdict verdict)
{
	unsigned n = 0;

	for (unsigned c = 0; c < CONFORM_CASES; c++)
		n += run->expected[c] && run->result.cases[c].verdict == verdict;
	return n;
}

unsigned conform_cases_with(const struct conform_section *section, enum conform_verdict verdict)
{
	unsigned n = 0;

	for (unsigned c = 0; c < CONFORM_CASES; c++)
		n += conform_case_verdict(section, (enum conform_case_id)c) == verdict;
	return n;
}

static bool ends_with(const char *list, const char *end)
{
	size_t used = strlen(list), n = strlen(end);

	return used >= n && strcmp(list + used - n, end) == 0;
}

/*
 * Append a name unless it is the last one already. Names are never cut: a list that gets too long
 * for `room` ends with "...".
 */
static void append_name(char *list, size_t room, const char *name)
{
	static const char more[] = ", ...";
	size_t used = strlen(list), n = strlen(name);
	const char *comma = used > 0 ? ", " : "";

	if (ends_with(list, more) ||
	    (ends_with(list, name) && (used == n || list[used - n - 1] == ' ')))
		return;
	if (used + strlen(comma) + strlen(name) + sizeof(more) <= room)
		snprintf(list + used, room - used, "%s%s", comma, name);
	else if (used > 0)
		snprintf(list + used, room - used, "%s", more);
}

static void name_runs(const struct conform_section *section, enum conform_case_id id,
		      enum conform_verdict verdict, char *text, size_t room)
{
	text[0] = '\0';
	for (size_t r = 0; r < section->run_count; r++)
		if (section->runs[r].result.cases[id].verdict == verdict)
			append_name(text, room, section->runs[r].plan.name);
}

void conform_runs_with(const struct conform_section *section, enum conform_case_id id,
		       enum conform_verdict verdict, char *text, size_t room)
{
	size_t with = 0, judged = 0;

	for (size_t r = 0; r < section->run_count; r++) {
		enum conform_verdict v = section->runs[r].result.cases[id].verdict;

		with += v == verdict;
		judged += v > CONFORM_SKIP;
	}
	if (verdict > CONFORM_SKIP && with > 1 && with == judged)
		snprintf(text, room, "every run that could judge it");
	else
		name_runs(section, id, verdict, text, room);
}

/*
 * Append the name to the entry that has this text, or add an entry if there is room. Returns the
 * number of entries.
 */
static size_t note(struct conform_text *texts, size_t count, size_t room, const char *text,
		   const char *name)
{
	size_t i = 0;

	while (i < count && strcmp(texts[i].text, text) != 0)
		i++;
	if (i == room)
		return count;
	if (i == count) {
		texts[i].text = text;
		texts[i].names[0] = '\0';
	}
	append_name(texts[i].names, sizeof(texts[i].names), name);
	return i == count ? count + 1 : count;
}

size_t conform_reasons(const struct conform_section *section, enum conform_case_id id,
		       struct conform_text *texts, size_t room)
{
	size_t count = 0;

	for (size_t r = 0; r < section->run_count; r++) {
		const struct conform_seen *seen = &section->runs[r].result.cases[id];
		if (seen->reason != NULL)
			count = note(texts, count, room, seen->reason, section->runs[r].plan.name);
	}
	return count;
}

size_t conform_observed(const struct conform_section *section, enum conform_case_id id,
			struct conform_text *texts, size_t room)
{
	enum conform_verdict verdict = conform_case_verdict(section, id);
	char all[sizeof(texts->names)];
	size_t count = 0;

	for (size_t r = 0; r < section->run_count; r++) {
		const struct conform_seen *seen = &section->runs[r].result.cases[id];
		for (unsigned i = 0; i < seen->observed_count && seen->verdict == verdict; i++)
			count = note(texts, count, room, seen->observed[i],
				     section->runs[r].plan.name);
	}
	name_runs(section, id, verdict, all, sizeof(all));
	for (size_t i = 0; i < count; i++)
		if (strcmp(texts[i].names, all) == 0)
			texts[i].names[0] = '\0';
	return count;
}

size_t conform_skipped(const struct conform_section *section, struct conform_text *texts,
		       size_t room)
{
	size_t count = 0;

	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		enum conform_case_id id = (enum conform_case_id)c;
		char name[64];

		if (conform_case_verdict(section, id) != CONFORM_SKIP)
			continue;
		snprintf(name, sizeof(name), "%s %s", conform_rules[conform_cases[c].rule].name,
			 conform_cases[c].name);
		for (size_t r = 0; r < section->run_count; r++) {
			const char *reason = section->runs[r].result.cases[id].reason;
			if (reason != NULL)
				count = note(texts, count, room, reason, name);
		}
	}
	return count;
}
