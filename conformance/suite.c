/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of a run: discovery, selection of cases, one case after another, the plan. */
#include <pvtime/smccc.h>
#include "gaps.h"
#include "guest/board.h"
#include "guest/console.h"
#include "guest/kexec.h"
#include "guest/start.h"
#include "hypervisor/string.h"
#include "verdict.h"
#include "suite.h"
#include "words.h"

struct suite suite;

#define RULE(symbol, name, clause, text) [RULE_##symbol] = name,
static const char *const rule_names[RULES] = {
#include "rules.def"
};
#undef RULE

#define GUEST_CASE(rule, name, needs, by, text) {RULE_##rule, needs, case_##name, #name, by, text},
#define USER_CASE(rule, name, by, text)
static const struct {
	enum rule rule;
	unsigned needs;
	void (*run)(void);
	const char *name, *by, *text;
} cases[] = {
#include "cases.def"
};
#undef GUEST_CASE
#undef USER_CASE

#define CASES (sizeof cases / sizeof cases[0])

static bool selected[CASES];
static size_t running;
static const struct handover *received;

static void select_by_list(const char *list)
{
	const char *part;
	size_t n, i;

	while ((part = word_part(&list, &n))) {
		for (i = 0; i < CASES; i++) {
			if (strlen(cases[i].name) == n && memcmp(cases[i].name, part, n) == 0)
				break;
		}
		if (i == CASES)
			verdict_bail_out("\"%s\" in case=: expected the name of a case",
					 word_text(part, n).s);
		selected[i] = true;
	}
}

static void select_cases(const struct words *words)
{
	if (words->cases) {
		select_by_list(words->cases);
		return;
	}
	for (size_t i = 0; i < CASES; i++)
		selected[i] =
			(cases[i].needs & NEEDS_RESET) ? words->reset_ms != NULL : !words->reset_ms;
}

/*
 * The steps of R-03 in Linux's order. Raw calls, because the guest library may be wrong. Linux
 * stops at the first step that fails; the suite makes all steps, and its cases judge whether they
 * agree.
 */
static struct {
	int64_t psci_version, psci_features, smccc_version, arch_features, features_st;
} steps;

static void discover(void)
{
	steps.psci_version = call_fdt32(PVTIME_PSCI_FID_VERSION, 0);
	steps.psci_features = call_fdt32(PVTIME_PSCI_FID_FEATURES, PVTIME_SMCCC_FID_VERSION);
	steps.smccc_version = call_fdt32(PVTIME_SMCCC_FID_VERSION, 0);
	steps.arch_features = call_fdt32(PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES);
	steps.features_st = call_fdt(PVTIME_FID_FEATURES, suite.st_fid);
	suite.st_answer = call_fdt(suite.st_fid, 0);
	suite.present = structure_register();
	if (suite.present)
		suite.boot_stolen_ns = stolen_ns_self();
	suite.boot_counter = counter_virtual();
}

/* The reason why a case cannot judge here; NULL if it can. */
static const char *reason_to_skip(unsigned needs)
{
	if ((needs & NEEDS_ST) && !suite.present)
		return "this VM has no stolen time";
	if ((needs & NEEDS_ABSENCE) && suite.present)
		return "this VM has stolen time";
	if ((needs & NEEDS_CPUS) && cpu_count() < 2)
		return "this VM has only one vCPU";
	if ((needs & NEEDS_RESET) && !board_has_arg("reset_ms"))
		return "the command line has no reset_ms=";
	return NULL;
}

static void run_case(size_t i)
{
	const char *reason = reason_to_skip(cases[i].needs);

	running = i;
	verdict_begin();
	if (reason)
		skip("%s", reason);
	else
		cases[i].run();
	verdict_end(rule_names[cases[i].rule], cases[i].name, cases[i].by, cases[i].text);
}

void handover_fill(struct handover *h)
{
	h->next_case = running;
	h->run = verdicts.run;
	h->wrong = verdicts.wrong;
	h->weaker = verdicts.weaker;
	h->seed = suite.seed;
	for (unsigned i = 0; i < CPU_MAX; i++) {
		h->ipa[i] = suite.ipa[i];
		h->stolen_ns[i] = suite.ipa[i] ? stolen_ns(i) : 0;
	}
	h->counter = counter_virtual();
}

const struct handover *handover_received(void)
{
	return received;
}

static void receive(void)
{
	const struct handover *h = kexec_handover();

	if (!h->magic)
		return;
	if (h->magic != HANDOVER_MAGIC || h->next_case >= CASES)
		verdict_bail_out(
			"the first kernel handed over magic 0x%lx and case %lu: expected magic 0x%lx and a case below %lu",
			h->magic, h->next_case, (uint64_t)HANDOVER_MAGIC, (uint64_t)CASES);
	received = h;
}

static size_t resume(void)
{
	verdicts.run = (unsigned)received->run;
	verdicts.wrong = (unsigned)received->wrong;
	verdicts.weaker = (unsigned)received->weaker;
	suite.seed = received->seed;
	return received->next_case;
}

static void print_heading(void)
{
	console_print(
		"# suite %s cpus=%u dialect=%s conduit=%s stolen_time=%s seed=%lu slack_ns=%lu cntfrq=%u\n",
		GUEST_BUILD, cpu_count(), suite.beta2 ? "beta-2" : "1.0", board.smc ? "smc" : "hvc",
		suite.present ? "present" : "absent", suite.seed, suite.slack_ns,
		timer_frequency());
	console_print(
		"# discovery PSCI_VERSION=%s PSCI_FEATURES=%s SMCCC_VERSION=%s ARCH_FEATURES=%s PV_TIME_FEATURES=%s PV_TIME_ST=%s\n",
		answer_text(steps.psci_version).s, answer_text(steps.psci_features).s,
		answer_text(steps.smccc_version).s, answer_text(steps.arch_features).s,
		answer_text(steps.features_st).s, answer_text(suite.st_answer).s);
}

int main(void)
{
	struct words words;
	size_t first = 0;

	receive();
	words = words_read(!received);
	suite.beta2 = word_is(words.dialect, "beta-2");
	suite.expect = words.expect ? word_is(words.expect, "on") : -1;
	suite.st_fid = suite.beta2 ? PVTIME_FID_ST_BETA2 : PVTIME_FID_ST;
	discover();
	select_cases(&words);
	suite.seed = board_arg("seed", suite.boot_counter);
	suite.slack_ns = gaps_slack_ns();
	if (received)
		first = resume();
	else
		print_heading();
	for (size_t i = first; i < CASES; i++) {
		if (selected[i])
			run_case(i);
	}
	verdict_plan();
	return verdicts.wrong + verdicts.weaker != 0;
}
