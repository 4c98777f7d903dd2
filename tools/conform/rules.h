/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_RULES_H
#define TOOLS_CONFORM_RULES_H

/*
 * The suite's tables, conformance/rules.def and cases.def, as the host sees them. A case of a rule
 * that is not in the table does not compile, and neither do two cases of one name.
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
	const char *
		clause; /* where it comes from, by the names of SPEC.md; "own": the project's own */
	const char *text; /* what it asks for */
};

struct conform_case {
	enum conform_rule_id rule;
	const char *name;
	const char *by; /* the clause of the document that it is from; OURS */
	const char *text;
	bool user;  /* of the program for user space, not of the guest */
	bool reset; /* runs alone, in a run that resets the VM */
};

extern const struct conform_rule conform_rules[CONFORM_RULES];
extern const struct conform_case conform_cases[CONFORM_CASES];

/*
 * Whose the cases of a rule are: "documents", where a hypervisor that fails one is wrong by a
 * clause, "ours", or "both". Of a rule without a case: whose the rule is.
 */
const char *conform_whose(enum conform_rule_id rule);

/*
 * What tests a rule where no case of a target can see anything of it; NULL: nothing but the cases
 * do.
 */
const char *conform_elsewhere(enum conform_rule_id rule);

/*
 * The case or rule whose name is the `length` bytes at `name`; CONFORM_CASES or CONFORM_RULES where
 * there is none.
 */
enum conform_case_id conform_find_case(const char *name, size_t length);
enum conform_rule_id conform_find_rule(const char *name, size_t length);

#endif
