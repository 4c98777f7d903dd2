/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_RESULT_H
#define TOOLS_CONFORM_RESULT_H

/* The result of each run, and of all runs together. */
#include "tools/conform/rules.h"
#include "tools/conform/targets.h"

/*
 * In ascending weight: of several verdicts, the heaviest counts. A case that is not ok is either
 * weaker or FAIL, by its grade (conformance/cases.def).
 */
enum conform_verdict {
	CONFORM_NONE, /* did not run */
	CONFORM_SKIP, /* could not be judged */
	CONFORM_OK,
	CONFORM_WEAKER, /* does less than this project asks for, but violates no document */
	CONFORM_FAIL,	/* violates the clause of a document */
	CONFORM_VERDICTS,
};

enum conform_status {
	/* every expected case has its verdict, and no line is lost */
	CONFORM_COMPLETE,
	CONFORM_FAULTY, /* what was printed is not a complete result */
	CONFORM_HUNG,	/* the limit was reached */
	CONFORM_DIED,	/* RUN_STOPPED */
};

#define CONFORM_OBSERVED \
	16u /* at most this many observations of a case are kept; the suite prints fewer */

/* One case in one run. Texts are printable ASCII. */
struct conform_seen {
	enum conform_verdict verdict;
	char *reason; /* why it was skipped; NULL: it was not */
	char *observed[CONFORM_OBSERVED];
	unsigned observed_count;
};

struct conform_result {
	enum conform_status status;
	char why[RUN_WHY]; /* why the run is not complete, in one line */
	char *suite;	   /* the rest of the "# suite" line; NULL: the run printed none */
	unsigned lines;	   /* how many cases have a line */
	struct conform_seen cases[CONFORM_CASES];
};

void conform_result_free(struct conform_result *result);

/* A run and its result. */
struct conform_run {
	struct run_plan plan; /* as changed by options */
	bool expected[CONFORM_CASES];
	struct conform_result result;
};

#define CONFORM_LABEL 64u

/* A target with its runs, in the order of the target's table. */
struct conform_section {
	const struct conform_target *target;
	char label[CONFORM_LABEL]; /* the name in reports, with the version found: "kvm-6.12" */
	const char *release;	   /* NULL: this machine's release of Debian */
	char versions[256];
	struct conform_run *runs;
	size_t run_count;
};

struct conform_report {
	struct conform_section *sections;
	size_t count;
};

/* The heaviest verdict of a case, or of all cases of a rule, in any of the target's runs. */
enum conform_verdict conform_case_verdict(const struct conform_section *section,
					  enum conform_case_id id);
enum conform_verdict conform_rule_verdict(const struct conform_section *section,
					  enum conform_rule_id id);

/*
 * Whether the target keeps what it has to. This project's hypervisor has to pass every case, the
 * documents' and the project's own. Other targets only do with `strict`, and then only the
 * documents' cases; otherwise their failures are findings.
 */
bool conform_holds(const struct conform_section *section, bool strict);

/* Whether any of the target's runs was to include a case of the rule. */
bool conform_rule_covered(const struct conform_section *section, enum conform_rule_id id);

/* How many cases have the verdict, in one run, or for a target in all its runs together. */
unsigned conform_count(const struct conform_run *run, enum conform_verdict verdict);
unsigned conform_cases_with(const struct conform_section *section, enum conform_verdict verdict);

/*
 * The different texts of a case, at most `room`, each with the names of the runs that printed it.
 * conform_reasons() gives why the case was skipped. conform_observed() gives what the runs with the
 * case's verdict observed; `names` is "" if all of these runs observed it. Both return the number
 * of texts.
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
 * The different reasons for which cases were skipped in every run of the target, at most `room`;
 * `names` lists these cases as "R-nn name". Returns the number of reasons.
 */
size_t conform_skipped(const struct conform_section *section, struct conform_text *texts,
		       size_t room);

/* The names of the runs in which a case has that verdict, or "every run that could judge it". */
void conform_runs_with(const struct conform_section *section, enum conform_case_id id,
		       enum conform_verdict verdict, char *text, size_t room);

#endif
