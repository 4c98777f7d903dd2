/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/conform/rules.h"

/*
 * Rules that need not have a case on every target, because guests cannot observe them there: the
 * test that covers each, or the reason.
 */
static const char *const elsewhere[CONFORM_RULES] = {
	[CONFORM_RULE_R_09] = "a rule for the guest; R-21 and R-22 cover the hypervisor's side",
	[CONFORM_RULE_R_10] = "tests/unit/lib/linux_attr.c",
	[CONFORM_RULE_R_28] = "tests/unit/lib/publish.c",
	[CONFORM_RULE_R_29] = "tests/unit/lib/snapshot.c",
};

const struct conform_rule conform_rules[CONFORM_RULES] = {
#define RULE(symbol, name, clause, text) [CONFORM_RULE_##symbol] = {name, clause, text},
#include "conformance/rules.def"
#undef RULE
};

const struct conform_case conform_cases[CONFORM_CASES] = {
#define GUEST_CASE(rule, name, needs, by, text)                                       \
	[CONFORM_CASE_##name] = {CONFORM_RULE_##rule,	      #name, by, text, false, \
				 (NEEDS_RESET & (needs)) != 0},
#define USER_CASE(rule, name, by, text) \
	[CONFORM_CASE_##name] = {CONFORM_RULE_##rule, #name, by, text, true, false},
#include "conformance/cases.def"
#undef GUEST_CASE
#undef USER_CASE
};

const char *conform_whose(enum conform_rule_id rule)
{
	bool documents = false, ours = false;

	for (unsigned c = 0; c < CONFORM_CASES; c++) {
		documents |= conform_cases[c].rule == rule && conform_cases[c].by != OURS;
		ours |= conform_cases[c].rule == rule && conform_cases[c].by == OURS;
	}
	if (documents && ours)
		return "both";
	if (!documents && !ours)
		ours = strncmp(conform_rules[rule].clause, "own", 3) == 0;
	return ours ? "ours" : "documents";
}

const char *conform_elsewhere(enum conform_rule_id rule)
{
	return elsewhere[rule];
}

static bool is(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && memcmp(name, text, length) == 0;
}

enum conform_case_id conform_find_case(const char *name, size_t length)
{
	unsigned c = 0;

	while (c < CONFORM_CASES && !is(conform_cases[c].name, name, length))
		c++;
	return (enum conform_case_id)c;
}

enum conform_rule_id conform_find_rule(const char *name, size_t length)
{
	unsigned r = 0;

	while (r < CONFORM_RULES && !is(conform_rules[r].name, name, length))
		r++;
	return (enum conform_rule_id)r;
}
