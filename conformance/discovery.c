/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Discovery as Linux does it: each step agrees with the next, on every vCPU, with stolen
 * time and without. Here an UNDEFINED call also counts as a no; calls.c judges whether it returns
 * NOT_SUPPORTED.
 */
#include <pvtime/smccc.h>
#include "guest/board.h"
#include "suite.h"

#define LIMIT_MS 5000u /* for a few calls on a vCPU that may have to wait for a CPU */
#define NO	 PVTIME_SMCCC_NOT_SUPPORTED

static unsigned self(void)
{
	return cpu_self()->index;
}

/* Runs fn on one vCPU after another. */
static void on_every_vcpu(void (*fn)(void *arg))
{
	fn(NULL);
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (i != self())
			on_cpu_run_unregistered(i, fn, NULL, LIMIT_MS);
	}
}

/*
 * PV_TIME_FEATURES: an int64 in 1.0, an int32 in beta-2, which leaves the upper half of x0 open
 * (R-04).
 */
static int64_t features(uint64_t id)
{
	return suite.beta2 ? call_fdt32(PVTIME_FID_FEATURES, id)
			   : call_fdt(PVTIME_FID_FEATURES, id);
}

static bool says_no(int64_t answer)
{
	return answer == NO || answer == CALL_FAULTED;
}

/* Checks that a step says 0 or no, and nothing else. */
static bool is_clear(int64_t answer, const char *what)
{
	return check(answer == PVTIME_SMCCC_SUCCESS || says_no(answer),
		     "CPU %u: %s is %s, neither 0 nor -1", self(), what, answer_text(answer).s);
}

/*
 * Checks that two steps agree, both asked on the calling vCPU: `a_yes` and `b_yes` say whether each
 * said yes.
 */
static void agree(int64_t a, bool a_yes, const char *a_what, int64_t b, bool b_yes,
		  const char *b_what)
{
	check(a_yes == b_yes, "CPU %u: %s is %s, but %s is %s", self(), a_what, answer_text(a).s,
	      b_what, answer_text(b).s);
}

static void ask_psci_version(void *arg)
{
	int64_t version = call_fdt32(PVTIME_PSCI_FID_VERSION, 0);

	(void)arg;
	check(version >= PVTIME_PSCI_VERSION_1_0, "CPU %u: PSCI_VERSION is %s, not 1.0 or later",
	      self(), answer_text(version).s);
}

void case_psci_version(void)
{
	if (!suite.present && call_fdt32(PVTIME_PSCI_FID_VERSION, 0) < PVTIME_PSCI_VERSION_1_0)
		skip("PSCI_VERSION is %s, and 1.0 is needed only for stolen time, which this VM lacks",
		     answer_text(call_fdt32(PVTIME_PSCI_FID_VERSION, 0)).s);
	else
		on_every_vcpu(ask_psci_version);
}

/* Without stolen time SMCCC 1.1 is not needed; the two steps must only agree. */
static void ask_smccc_version(void *arg)
{
	int64_t has = call_fdt32(PVTIME_PSCI_FID_FEATURES, PVTIME_SMCCC_FID_VERSION);
	int64_t version = call_fdt32(PVTIME_SMCCC_FID_VERSION, 0);

	(void)arg;
	agree(has, has >= 0, "PSCI_FEATURES(SMCCC_VERSION)", version,
	      version >= PVTIME_SMCCC_VERSION_1_1, "SMCCC_VERSION");
	if (suite.present)
		check(version >= PVTIME_SMCCC_VERSION_1_1,
		      "CPU %u: SMCCC_VERSION is %s, not 1.1 or later", self(),
		      answer_text(version).s);
}

void case_smccc_version(void)
{
	int64_t has = call_fdt32(PVTIME_PSCI_FID_FEATURES, PVTIME_SMCCC_FID_VERSION);

	on_every_vcpu(ask_smccc_version);
	if (!suite.present && has < 0)
		skip("PSCI_FEATURES(SMCCC_VERSION) is %s, and it is needed only for stolen time, which this VM lacks",
		     answer_text(has).s);
}

/* A guest that follows the discovery of the documents must find stolen time that exists. */
static void ask_arch_features(void *arg)
{
	int64_t arch = call_fdt32(PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES);
	int64_t address = call_fdt(suite.st_fid, 0);

	(void)arg;
	check(arch >= 0 || address <= 0,
	      "CPU %u: PV_TIME_ST is %s, but SMCCC_ARCH_FEATURES(PV_TIME_FEATURES) is %s", self(),
	      answer_text(address).s, answer_text(arch).s);
}

void case_arch_features(void)
{
	on_every_vcpu(ask_arch_features);
}

static void ask_features_itself(void *arg)
{
	int64_t own = features(PVTIME_FID_FEATURES), st = features(suite.st_fid);

	(void)arg;
	if (is_clear(own, "PV_TIME_FEATURES(PV_TIME_FEATURES)") &&
	    is_clear(st, "PV_TIME_FEATURES(PV_TIME_ST)"))
		agree(own, !says_no(own), "PV_TIME_FEATURES(PV_TIME_FEATURES)", st, !says_no(st),
		      "PV_TIME_FEATURES(PV_TIME_ST)");
}

void case_features_itself(void)
{
	on_every_vcpu(ask_features_itself);
}

static void ask_features_st(void *arg)
{
	int64_t st = features(suite.st_fid), address = call_fdt(suite.st_fid, 0);

	(void)arg;
	is_clear(st, "PV_TIME_FEATURES(PV_TIME_ST)");
	check(st == PVTIME_SMCCC_SUCCESS || address <= 0,
	      "CPU %u: PV_TIME_ST is %s, but PV_TIME_FEATURES(PV_TIME_ST) is %s", self(),
	      answer_text(address).s, answer_text(st).s);
}

void case_features_st(void)
{
	on_every_vcpu(ask_features_st);
}

static void ask_features_others(void *arg)
{
	const uint64_t others[] = {
		PVTIME_FID_FEATURES & ~PVTIME_SMCCC_64,
		suite.st_fid & ~PVTIME_SMCCC_64,
		PVTIME_FID_FEATURES - 1,
		PVTIME_FID_ST_BETA2 + 1,
		0xc5000000,
		PVTIME_SMCCC_FID_VERSION,
		PVTIME_SMCCC_FID_ARCH_FEATURES,
		PVTIME_PSCI_FID_VERSION,
		0,
		0xffffffff,
	};

	(void)arg;
	for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
		int64_t answer = features(others[i]);

		check(says_no(answer), "CPU %u: PV_TIME_FEATURES(0x%lx) is %s, not -1", self(),
		      others[i], answer_text(answer).s);
	}
}

void case_features_others(void)
{
	on_every_vcpu(ask_features_others);
}

/* No document forbids a step that reports support before one that does not; this case is ours. */
static void ask_steps(void *arg)
{
	int64_t arch = call_fdt32(PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES);
	int64_t st = features(suite.st_fid), address = call_fdt(suite.st_fid, 0);

	(void)arg;
	if (is_clear(arch, "SMCCC_ARCH_FEATURES(PV_TIME_FEATURES)"))
		agree(arch, !says_no(arch), "SMCCC_ARCH_FEATURES(PV_TIME_FEATURES)", st,
		      !says_no(st), "PV_TIME_FEATURES(PV_TIME_ST)");
	agree(st, !says_no(st), "PV_TIME_FEATURES(PV_TIME_ST)", address, !says_no(address),
	      "PV_TIME_ST");
}

void case_steps_agree(void)
{
	on_every_vcpu(ask_steps);
}

static void ask_as_given(void *arg)
{
	int64_t address = call_fdt(suite.st_fid, 0);

	(void)arg;
	check(says_no(address) != suite.expect,
	      "CPU %u: PV_TIME_ST is %s, but this VM was %sgiven stolen time", self(),
	      answer_text(address).s, suite.expect ? "" : "not ");
}

void case_as_given(void)
{
	if (suite.expect < 0) {
		skip("the command line has no expect=on or expect=off");
		return;
	}
	on_every_vcpu(ask_as_given);
	if (suite.expect)
		check(suite.present || says_no(suite.st_answer),
		      "CPU 0: PV_TIME_ST is %s, which cannot be mapped",
		      answer_text(suite.st_answer).s);
}

/* The calls of both dialects: a VM without stolen time has neither. */
static void ask_absent(void *arg)
{
	static const struct {
		uint32_t fid, arg;
	} calls[] = {
		{PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES},
		{PVTIME_FID_FEATURES, PVTIME_FID_FEATURES},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST_BETA2},
		{PVTIME_FID_ST, 0},
		{PVTIME_FID_ST_BETA2, 0},
	};

	(void)arg;
	for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		int64_t answer = call_fdt32(calls[i].fid, calls[i].arg);

		check(says_no(answer), "CPU %u: 0x%x(0x%x) is %s, not -1", self(), calls[i].fid,
		      calls[i].arg, answer_text(answer).s);
	}
}

void case_absent_everywhere(void)
{
	on_every_vcpu(ask_absent);
	check(!board.stolen_time.size, "the FDT reserves 0x%lx bytes at 0x%lx for stolen time",
	      board.stolen_time.size, board.stolen_time.base);
}

static void ask_not_supported(uint64_t fid, uint64_t arg)
{
	int64_t answer = call_fdt(fid, arg);

	check(answer == NO, "CPU %u: 0x%lx(0x%lx) is %s, not -1", self(), fid, arg,
	      answer_text(answer).s);
}

static void ask_other_dialect(void *arg)
{
	const uint32_t other = suite.beta2 ? PVTIME_FID_ST : PVTIME_FID_ST_BETA2;
	int64_t has = features(other);

	(void)arg;
	ask_not_supported(other, 0);
	check(says_no(has), "CPU %u: PV_TIME_FEATURES(0x%x) is %s, not -1", self(), other,
	      answer_text(has).s);
}

void case_one_dialect(void)
{
	on_every_vcpu(ask_other_dialect);
}

/* A call of 32-bit form returns w0; this case ignores the upper half of x0. */
static void ask_aliases(void *arg)
{
	static const struct {
		uint32_t fid, arg;
	} calls[] = {
		{PVTIME_FID_FEATURES, PVTIME_FID_FEATURES},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST_BETA2},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST & ~PVTIME_SMCCC_64},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST_BETA2 & ~PVTIME_SMCCC_64},
		{PVTIME_FID_ST, 0},
		{PVTIME_FID_ST_BETA2, 0},
	};

	(void)arg;
	for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		uint32_t fid = calls[i].fid & ~PVTIME_SMCCC_64;
		int64_t answer = call_fdt32(fid, calls[i].arg);

		check(answer == NO, "CPU %u: 0x%x(0x%x) is %s, not -1", self(), fid, calls[i].arg,
		      answer_text(answer).s);
	}
}

void case_aliases(void)
{
	on_every_vcpu(ask_aliases);
}

/* Judges all of x0, except for PV_TIME_FEATURES in beta-2, which returns an int32. */
static void ask_results(void *arg)
{
	int64_t yes = features(suite.st_fid), st = call_fdt(suite.st_fid, 0);

	(void)arg;
	check(yes == PVTIME_SMCCC_SUCCESS || yes == NO,
	      "CPU %u: PV_TIME_FEATURES(PV_TIME_ST) is %s, neither 0 nor -1", self(),
	      answer_text(yes).s);
	check(features(0) == NO, "CPU %u: PV_TIME_FEATURES(0) is %s, not -1", self(),
	      answer_text(features(0)).s);
	check(st > 0 || st == NO, "CPU %u: PV_TIME_ST is %s, neither an address nor -1", self(),
	      answer_text(st).s);
}

void case_results(void)
{
	on_every_vcpu(ask_results);
}

static int64_t answers[CPU_MAX];

/* Asks twice; the vCPU may have asked before. */
static void ask_again(void *arg)
{
	unsigned index = self();

	(void)arg;
	for (unsigned i = 0; i < 2; i++) {
		int64_t answer = call_fdt(suite.st_fid, 0);

		if (!answers[index])
			answers[index] = answer;
		check(answer == answers[index] && !says_no(answer),
		      "CPU %u: PV_TIME_ST is %s, but was %s before", index, answer_text(answer).s,
		      answer_text(answers[index]).s);
	}
}

static void ask_again_at_once(unsigned index)
{
	(void)index;
	ask_again(NULL);
}

/*
 * From the last vCPU to the first, from the first to the last, and all at once: the answer depends
 * on nothing but the vCPU.
 */
void case_any_vcpu(void)
{
	for (unsigned i = cpu_count(); i-- > 1;)
		on_cpu_run_unregistered(i, ask_again, NULL, LIMIT_MS);
	on_every_vcpu(ask_again);
	on_all_run(ask_again_at_once, LIMIT_MS);
	for (unsigned i = 0; i < cpu_count(); i++) {
		for (unsigned j = 0; j < i; j++)
			check(answers[i] != answers[j], "CPUs %u and %u: PV_TIME_ST is %s on both",
			      j, i, answer_text(answers[i]).s);
	}
}
