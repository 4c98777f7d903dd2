/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/conform/tap.h"

struct reader {
	struct conform_run *run;
	const char *build;
	unsigned number;   /* number of the last result; 0: none yet */
	unsigned expected; /* the case that has to come next; CONFORM_CASES: all have come */
	unsigned last;	   /* the case of the last result */
	bool planned;
	bool reset; /* the guest has announced that it resets the VM */
	bool noise; /* a line was printed that is not the suite's */
};

static bool has_word(const char *words, const char *prefix)
{
	for (const char *w = words; w != NULL && *w != '\0'; w += strcspn(w, " ")) {
		w += strspn(w, " ");
		if (strncmp(w, prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

/* Whether `list`, with commas between names, has the name. NULL is an empty list. */
static bool is_listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = list; at != NULL && *at != '\0'; at += *at == ',') {
		if (strcspn(at, ",") == n && strncmp(at, name, n) == 0)
			return true;
		at += strcspn(at, ",");
	}
	return false;
}

void conform_expect(const struct run_plan *plan, const bool selected[CONFORM_CASES],
		    bool expected[CONFORM_CASES])
{
	bool reset = has_word(plan->append, "reset_ms=");

	for (unsigned c = 0; c < CONFORM_CASES; c++)
		expected[c] = selected[c] && conform_cases[c].user == plan->user &&
			      (plan->user || conform_cases[c].reset == reset) &&
			      !is_listed(plan->without, conform_cases[c].name);
}

/* Record a fault. Returns false, so that the caller can return it. */
__attribute__((format(printf, 2, 3))) static bool fault(struct reader *r, const char *format, ...)
{
	va_list args;

	r->run->result.status = CONFORM_FAULTY;
	va_start(args, format);
	vsnprintf(r->run->result.why, sizeof(r->run->result.why), format, args);
	va_end(args);
	return false;
}

static unsigned next_expected(const struct conform_run *run, unsigned from)
{
	while (from < CONFORM_CASES && !run->expected[from])
		from++;
	return from;
}

static const char *after(const char *line, const char *prefix)
{
	size_t n = strlen(prefix);

	/* `line` is not NULL here: the callers return as soon as fault() has returned false. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
	return strncmp(line, prefix, n) == 0 ? line + n : NULL;
}

/* The decimal number after `key` in the line; -1: none. */
static long number_of(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at != NULL && isdigit((unsigned char)at[strlen(key)])
		       ? strtol(at + strlen(key), NULL, 10)
		       : -1;
}

/*
 * "BUILD cpus=N ..." or "user ...". After a reset, the VM prints the line again, and so may a
 * second kernel; each must name the build that was started.
 */
static bool read_suite(struct reader *r, const char *line)
{
	struct conform_result *result = &r->run->result;
	size_t n = strcspn(line, " ");
	long cpus = number_of(line, " cpus=");

	if (r->build != NULL && (strlen(r->build) != n || strncmp(line, r->build, n) != 0))
		return fault(r, "the suite says that it is %.*s, but %s was started", (int)n, line,
			     r->build);
	if (cpus >= 0 && r->run->plan.vcpus != 0 && (unsigned long)cpus != r->run->plan.vcpus)
		return fault(r, "the suite found %ld vCPUs, expected %u", cpus, r->run->plan.vcpus);
	if (r->planned)
		return fault(r, "the suite started again after its end");
	if (result->suite == NULL)
		result->suite = strdup(line);
	return result->suite != NULL || fault(r, "out of memory");
}

/* "R-03 psci_version: TEXT"; *rest is what follows. */
static bool read_case(struct reader *r, const char *line, unsigned *id, const char **rest)
{
	size_t rule_length = strcspn(line, " ");
	const char *name = line + rule_length + (line[rule_length] == ' ');
	size_t name_length = strcspn(name, ": ");
	enum conform_rule_id rule = conform_find_rule(line, rule_length);

	*id = conform_find_case(name, name_length);
	if (rule == CONFORM_RULES)
		return fault(r, "number %u has no rule of the table: %.80s", r->number, line);
	if (*id == CONFORM_CASES)
		return fault(r, "number %u is not a case of the table: %.*s", r->number,
			     (int)(name_length < 80 ? name_length : 80), name);
	if (conform_cases[*id].rule != rule)
		return fault(r, "number %u, %s, belongs to %s, not to %s", r->number,
			     conform_cases[*id].name, conform_rules[conform_cases[*id].rule].name,
			     conform_rules[rule].name);
	if (r->run->result.cases[*id].verdict != CONFORM_NONE)
		return fault(r, "%s comes a second time, as number %u", conform_cases[*id].name,
			     r->number);
	if (!r->run->expected[*id])
		return fault(r, "number %u, %s, does not belong to this run", r->number,
			     conform_cases[*id].name);
	if (*id != r->expected)
		return fault(r, "number %u is %s, and %s is missing before it", r->number,
			     conform_cases[*id].name, conform_cases[r->expected].name);
	*rest = after(name + name_length, ": ");
	if (*rest != NULL)
		*rest = after(*rest, conform_cases[*id].text);
	if (*rest == NULL)
		return fault(r, "the text of number %u, %s, is not the table's: %.120s", r->number,
			     conform_cases[*id].name, line);
	return true;
}

/* The verdict of a case that is not ok, by its grade. */
static enum conform_verdict not_ok(unsigned id)
{
	return conform_cases[id].by != OURS ? CONFORM_FAIL : CONFORM_WEAKER;
}

/* The rest of the line after "ok " or "not ok ". */
static bool read_result(struct reader *r, const char *line, bool ok)
{
	char *end;
	unsigned long number = isdigit((unsigned char)line[0]) ? strtoul(line, &end, 10) : 0;
	const char *rest = NULL, *reason;
	unsigned id;

	if (r->planned)
		return fault(r, "a result after the plan: %.120s", line);
	if (number == 0 || (line = after(end, " - ")) == NULL)
		return fault(r, "a malformed result after number %u", r->number);
	if (number != r->number + 1)
		return fault(r, "number %lu after number %u: %s", number, r->number,
			     number <= r->number ? "twice" : "a line is lost");
	r->number++;
	if (!read_case(r, line, &id, &rest))
		return false;
	reason = after(rest, " # SKIP ");
	if (*rest != '\0' && (reason == NULL || *reason == '\0' || !ok))
		return fault(
			r,
			"number %u, %s, continues with something other than a reason to skip: %.80s",
			r->number, conform_cases[id].name, rest);
	if (reason == NULL && conform_cases[id].reset && !r->reset)
		return fault(r, "number %u, %s, was judged, but nothing was reset", r->number,
			     conform_cases[id].name);
	struct conform_seen *seen = &r->run->result.cases[id];
	if (reason != NULL && (seen->reason = strdup(reason)) == NULL)
		return fault(r, "out of memory");
	seen->verdict = reason != NULL ? CONFORM_SKIP : ok ? CONFORM_OK : not_ok(id);
	r->last = id;
	r->run->result.lines++;
	r->expected = next_expected(r->run, r->expected + 1);
	return true;
}

/* "NAME: TEXT", an observation of the case whose result came last. */
static bool read_observed(struct reader *r, const char *line)
{
	size_t n = strcspn(line, ":");

	if (r->number == 0 || conform_find_case(line, n) != r->last || line[n] != ':')
		return fault(r, "an observation after number %u does not belong to its case: %.80s",
			     r->number, line);
	struct conform_seen *seen = &r->run->result.cases[r->last];
	if (seen->observed_count == CONFORM_OBSERVED)
		return true;
	char *text = strdup(line + n + 1 + (line[n + 1] == ' '));
	if (text == NULL)
		return fault(r, "out of memory");
	seen->observed[seen->observed_count++] = text;
	return true;
}

static bool read_plan(struct reader *r, const char *line)
{
	size_t digits = strspn(line, "0123456789");
	unsigned long count = digits != 0 ? strtoul(line, NULL, 10) : 0;

	if (r->planned)
		return fault(r, "a second plan: 1..%.40s", line);
	if (line[digits] != '\0' || digits == 0 || count != r->number)
		return fault(r, "the plan is 1..%.40s, after number %u", line, r->number);
	if (r->expected != CONFORM_CASES)
		return fault(r, "%s is missing before the plan", conform_cases[r->expected].name);
	r->planned = true;
	return true;
}

/* One line of printable ASCII, without its end. */
static bool read_line(struct reader *r, const char *line)
{
	const char *rest;
	bool begun = r->run->result.suite != NULL;

	if ((rest = after(line, "# suite ")) != NULL)
		return read_suite(r, rest);
	if ((rest = after(line, "Bail out!")) != NULL)
		return fault(r, "the suite gave up:%.400s", rest);
	if (!begun && (after(line, "ok ") != NULL || after(line, "not ok ") != NULL ||
		       after(line, "1..") != NULL))
		return fault(r, "there is TAP, but no line '# suite' before it: %.120s", line);
	if ((rest = after(line, "ok ")) != NULL)
		return read_result(r, rest, true);
	if ((rest = after(line, "not ok ")) != NULL)
		return read_result(r, rest, false);
	if (begun && (rest = after(line, "# observed ")) != NULL)
		return read_observed(r, rest);
	if (begun && after(line, "# resetting ") != NULL)
		return r->reset = true;
	if (begun && (rest = after(line, "1..")) != NULL)
		return read_plan(r, rest);
	if (*line == '\0' || (begun && *line == '#'))
		return true;
	if (!begun || r->planned) {
		r->noise = true;
		return true;
	}
	return fault(r, "a line is lost or not from the suite, after number %u: %.120s", r->number,
		     line);
}

/* Consoles end lines with CR LF; a console behind another one makes that CR CR LF. */
static bool read_lines(struct reader *r, const char *text, size_t length)
{
	char line[1024] = "";

	while (length > 0) {
		const char *newline = memchr(text, '\n', length);
		size_t whole = newline != NULL ? (size_t)(newline - text) : length, n = whole;

		while (n > 0 && text[n - 1] == '\r')
			n--;
		size_t first = 0;
		while (first < n && text[first] == '\r')
			first++;
		n -= first;
		if (n >= sizeof(line))
			n = sizeof(line) - 1;
		for (size_t i = 0; i < n; i++) {
			char c = text[first + i];
			line[i] = c >= ' ' && c <= '~' ? c : '?';
		}
		line[n] = '\0';
		if (!read_line(r, line))
			return false;
		whole += newline != NULL;
		text += whole;
		length -= whole;
	}
	return true;
}

void conform_tap_read(struct conform_run *run, const char *build, const char *text, size_t length)
{
	struct reader r = {.run = run, .build = build, .expected = next_expected(run, 0)};

	if (!read_lines(&r, text, length))
		return;
	if (run->result.suite == NULL && !r.noise)
		fault(&r, "it printed nothing");
	else if (run->result.suite == NULL)
		fault(&r, "there is no TAP in the output");
	else if (!r.planned && r.number == 0)
		fault(&r, "it ended before its first result");
	else if (!r.planned)
		fault(&r, "it ended without a plan after number %u, %s", r.number,
		      conform_cases[r.last].name);
	else
		run->result.status = CONFORM_COMPLETE;
}
