/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/conformance.md: how versions of one target differ. */
#include "tools/conform/markdown.h"

/* The labels of the first `count` sections, as a list: "a, b and c". */
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

/* The cases whose verdict differs between versions of one target. */
static void print_versions(const struct conform_section *sections, size_t count, FILE *out)
{
	bool any = false;

	fputs("\nVerdicts that differ between ", out);
	print_labels(sections, count, out);
	fputs(":\n\n", out);
	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		enum conform_case_id id = (enum conform_case_id)c;

		if (!differs(sections, count, id))
			continue;
		any = true;
		fprintf(out, "- %s `%s`, ", conform_rules[conform_cases[c].rule].name,
			conform_cases[c].name);
		markdown_escaped(conform_cases[c].text, out);
		for (size_t s = 0; s < count; s++)
			fprintf(out, "%s %s on %s", s == 0 ? ":" : ",",
				markdown_mark(conform_case_verdict(&sections[s], id)),
				sections[s].label);
		fputs("\n", out);
	}
	if (!any)
		fputs("- none: every case has the same verdict on all of them\n", out);
}

void markdown_versions(const struct conform_report *report, FILE *out)
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
			fputs("\n## Differences between versions\n", out);
		any = true;
		print_versions(first, count, out);
	}
}
