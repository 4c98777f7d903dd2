/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_RULES_H
#define TOOLS_CONFORM_RULES_H

/*
 * The suite's tables, conformance/rules.def and cases.def, as the host sees them. A case of a rule
 * that is not in the table does not compile, and neither do two cases of one name.
 */
#include <stdbool.h>
#include <stddef.h>

enum conform_rule_id {
#define RULE(symbol, ...) CONFORM_RULE_##symbol,
#include "conformance/rules.def"
#undef RULE
	CONFORM_RULES
};

enum conform_case_id {
#define GUEST_CASE(rule, name, needs, text) CONFORM_CASE_##name,
#define USER_CASE(rule, name, text)	    CONFORM_CASE_##name,
#include "conformance/cases.def"
#undef GUEST_CASE
#undef USER_CASE
	CONFORM_CASES
};

struct conform_rule {
	const char *name;   /* "R-23" */
	const char *clause; /* where it comes from, as in SPEC.md */
	const char *text;   /* what it asks for */
};

struct conform_case {
	enum conform_rule_id rule;
	const char *name, *text;
	bool user;  /* of the program for user space, not of the guest */
	bool reset; /* runs alone, in a run that resets the VM */
};

extern const struct conform_rule conform_rules[CONFORM_RULES];
extern const struct conform_case conform_cases[CONFORM_CASES];

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
