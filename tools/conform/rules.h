/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_RULES_H
#define TOOLS_CONFORM_RULES_H

/*
 * The suite's tables, conformance/rules.def and cases.def, for the host. A case of an unknown rule
 * does not compile, and neither do two cases with the same name.
 */
#include <stdbool.h>
#include <stddef.h>
#include "conformance/needs.h"

enum conform_rule_id {
#define RULE(symbol, ...) CONFORM_RULE_##symbol,
#include "conformance/rules.def"
#undef RULE
	CONFORM_RULES
};

enum conform_case_id {
#define GUEST_CASE(rule, name, needs, by, text) CONFORM_CASE_##name,
#define USER_CASE(rule, name, by, text)		CONFORM_CASE_##name,
#include "conformance/cases.def"
#undef GUEST_CASE
#undef USER_CASE
	CONFORM_CASES
};

struct conform_rule {
	const char *name; /* "R-23" */
	/* the document's clause, as SPEC.md names it; "own": a rule of this project */
	const char *clause;
	const char *text; /* what it asks for */
};

struct conform_case {
	enum conform_rule_id rule;
	const char *name;
	const char *by; /* the clause of the document that the case comes from, or OURS */
	const char *text;
	bool user;  /* belongs to the user-space program, not to the guest */
	bool reset; /* runs only in a run that resets the VM */
};

extern const struct conform_rule conform_rules[CONFORM_RULES];
extern const struct conform_case conform_cases[CONFORM_CASES];

/*
 * Where the rule's cases come from: "documents" (a hypervisor that fails one violates a clause),
 * "ours", or "both". For a rule without cases: where the rule itself comes from.
 */
const char *conform_whose(enum conform_rule_id rule);

/*
 * The test that covers a rule where no case of a target can observe it, or why none can; NULL: only
 * cases cover it.
 */
const char *conform_elsewhere(enum conform_rule_id rule);

/*
 * The case or rule whose name is the `length` bytes at `name`; CONFORM_CASES or CONFORM_RULES if
 * there is none.
 */
enum conform_case_id conform_find_case(const char *name, size_t length);
enum conform_rule_id conform_find_rule(const char *name, size_t length);

#endif
