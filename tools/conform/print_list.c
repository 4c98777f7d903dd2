/* SPDX-License-Identifier: BSD-2-Clause */
/* `pvtime conform --list`: rules, cases and runs, without running anything. */
#include "tools/conform/print.h"

static void list_case(const struct conform_case *c, FILE *out)
{
	fprintf(out, "      %-17s  %s%s%s [%s]\n", c->name, c->text, c->user ? " (user space)" : "",
		c->reset ? " (in a run of its own)" : "", c->by != OURS ? c->by : "ours");
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
