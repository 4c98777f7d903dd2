/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_RESULT_H
#define TOOLS_CONFORM_RESULT_H

/* What the runs have shown, and all of it together. */
#include "tools/conform/rules.h"
#include "tools/conform/targets.h"

/*
 * In the order of weight: of several, the last one counts. A case that is not ok has one of the
 * last two, by its grade (conformance/cases.def).
 */
enum conform_verdict {
	CONFORM_NONE, /* has not run */
	CONFORM_SKIP, /* could not be judged */
	CONFORM_OK,
	CONFORM_WEAKER, /* less than this project asks for, and no document does */
	CONFORM_FAIL,	/* wrong, by the clause of a document */
	CONFORM_VERDICTS,
};

enum conform_status {
	/* every case that belongs to the run has its verdict, and no line is lost */
	CONFORM_COMPLETE,
	CONFORM_FAULTY, /* what was printed is no whole result */
	CONFORM_HUNG,	/* the limit was reached */
	CONFORM_DIED,	/* RUN_STOPPED */
};

#define CONFORM_OBSERVED 16u /* lines of one case that are kept; the suite prints fewer */

/* One case in one run. Texts are printable ASCII. */
struct conform_seen {
	enum conform_verdict verdict;
	char *reason; /* of a skip; NULL */
	char *observed[CONFORM_OBSERVED];
	unsigned observed_count;
};

struct conform_result {
	enum conform_status status;
	char why[RUN_WHY]; /* one line, unless complete */
	char *suite;	   /* what the "# suite" line says after the word; NULL: there was none */
	unsigned lines;	   /* cases with a line */
	struct conform_seen cases[CONFORM_CASES];
};

void conform_result_free(struct conform_result *result);

/* A run that was made. */
struct conform_run {
	struct run_plan plan; /* with what options have changed */
	bool expected[CONFORM_CASES];
	struct conform_result result;
};

#define CONFORM_LABEL 64u

/* A target with its runs, in the order of its table. */
struct conform_section {
	const struct conform_target *target;
	char label[CONFORM_LABEL]; /* in reports, with the version found: "kvm-6.12" */
	const char *release;	   /* of Debian; NULL: this machine's */
	char versions[256];
	struct conform_run *runs;
	size_t run_count;
};

struct conform_report {
	struct conform_section *sections;
	size_t count;
};

/* The weightiest verdict of a case, or of all cases of a rule, in a target's runs. */
enum conform_verdict conform_case_verdict(const struct conform_section *section,
					  enum conform_case_id id);
enum conform_verdict conform_rule_verdict(const struct conform_section *section,
					  enum conform_rule_id id);

/*
 * Whether it does what it is held to: our own hypervisor keeps every rule, ours as the documents'.
 * Of others what they fail is a finding; where `strict`, they are held to the documents, and to
 * nothing else.
 */
bool conform_holds(const struct conform_section *section, bool strict);

/* Whether the target's runs were to have a case of the rule. */
bool conform_rule_covered(const struct conform_section *section, enum conform_rule_id id);

/* How many cases of a run have the verdict; and of a target, in all its runs together. */
unsigned conform_count(const struct conform_run *run, enum conform_verdict verdict);
unsigned conform_cases_with(const struct conform_section *section, enum conform_verdict verdict);

/*
 * The different texts of a case in a target's runs, at most `room`, each with the names of the runs
 * that have it: the reasons of its skips; what was observed in the runs that made its verdict,
 * where no name stands for all of those. Returns how many there are.
 */
struct conform_text {
	const char *text;
	char names[1024];
};
size_t conform_reasons(const struct conform_section *section, enum conform_case_id id,
		       struct conform_text *texts, size_t room);
size_t conform_observed(const struct conform_section *section, enum conform_case_id id,
			struct conform_text *texts, size_t room);

/*
 * The different reasons for which cases were skipped in every run of the target, at most `room`,
 * each with those cases, as "R-nn name". Returns how many there are.
 */
size_t conform_skipped(const struct conform_section *section, struct conform_text *texts,
		       size_t room);

/*
 * The names of the runs in which a case has that verdict; "every run" where it has it in all that
 * judged it.
 */
void conform_runs_with(const struct conform_section *section, enum conform_case_id id,
		       enum conform_verdict verdict, char *text, size_t room);

#endif
