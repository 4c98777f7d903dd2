/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Discovery as Linux does it: each step agrees with the next, on every vCPU, with stolen
 * time and without. A call that is UNDEFINED says no as well: that it should say so by
 * NOT_SUPPORTED is R-30's (calls.c).
 */
#include <pvtime/smccc.h>
#include "guest/board.h"
#include "suite.h"

#define LIMIT_MS 5000u /* for a few calls on a vCPU that may have to wait for its turn */
#define NO	 SMCCC_NOT_SUPPORTED

static unsigned self(void)
{
	return cpu_self()->index;
}

/* One vCPU after the other. */
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

/* Either 0 or a no: a step must not say anything else. */
static bool is_clear(int64_t answer, const char *what)
{
	return check(answer == SMCCC_SUCCESS || says_no(answer), "CPU %u: %s is %s", self(), what,
		     answer_text(answer).s);
}

/* Two steps that were asked on the calling vCPU, and whether each says yes. */
static void agree(int64_t a, bool a_yes, const char *a_what, int64_t b, bool b_yes,
		  const char *b_what)
{
	check(a_yes == b_yes, "CPU %u: %s is %s, %s is %s", self(), a_what, answer_text(a).s,
	      b_what, answer_text(b).s);
}

static void ask_psci_version(void *arg)
{
	int64_t version = call_fdt32(PSCI_FID_VERSION, 0);

	(void)arg;
	check(version >= PSCI_VERSION_1_0, "CPU %u: PSCI_VERSION is %s", self(),
	      answer_text(version).s);
}

void case_psci_version(void)
{
	if (!suite.present && call_fdt32(PSCI_FID_VERSION, 0) < PSCI_VERSION_1_0)
		skip("PSCI_VERSION is %s, and there is no stolen time that would need 1.0",
		     answer_text(call_fdt32(PSCI_FID_VERSION, 0)).s);
	else
		on_every_vcpu(ask_psci_version);
}

/* Without stolen time nobody needs SMCCC 1.1; then the two steps only have to agree. */
static void ask_smccc_version(void *arg)
{
	int64_t has = call_fdt32(PSCI_FID_FEATURES, SMCCC_FID_VERSION);
	int64_t version = call_fdt32(SMCCC_FID_VERSION, 0);

	(void)arg;
	agree(has, has >= 0, "PSCI_FEATURES(SMCCC_VERSION)", version, version >= SMCCC_VERSION_1_1,
	      "SMCCC_VERSION");
	if (suite.present)
		check(version >= SMCCC_VERSION_1_1, "CPU %u: SMCCC_VERSION is %s", self(),
		      answer_text(version).s);
}

void case_smccc_version(void)
{
	int64_t has = call_fdt32(PSCI_FID_FEATURES, SMCCC_FID_VERSION);

	on_every_vcpu(ask_smccc_version);
	if (!suite.present && has < 0)
		skip("PSCI_FEATURES(SMCCC_VERSION) is %s, and there is no stolen time that would "
		     "need it",
		     answer_text(has).s);
}

/* A guest that looks for it as it is told to has to find what is there. */
static void ask_arch_features(void *arg)
{
	int64_t arch = call_fdt32(SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES);
	int64_t address = call_fdt(suite.st_fid, 0);

	(void)arg;
	check(arch >= 0 || address <= 0,
	      "CPU %u: PV_TIME_ST is %s, SMCCC_ARCH_FEATURES(PV_TIME_FEATURES) is %s", self(),
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
	check(st == SMCCC_SUCCESS || address <= 0,
	      "CPU %u: PV_TIME_ST is %s, PV_TIME_FEATURES(PV_TIME_ST) is %s", self(),
	      answer_text(address).s, answer_text(st).s);
}

void case_features_st(void)
{
	on_every_vcpu(ask_features_st);
}

static void ask_features_others(void *arg)
{
	const uint64_t others[] = {
		PVTIME_FID_FEATURES & ~SMCCC_64,
		suite.st_fid & ~SMCCC_64,
		PVTIME_FID_FEATURES - 1,
		PVTIME_FID_ST_BETA2 + 1,
		0xc5000000,
		SMCCC_FID_VERSION,
		SMCCC_FID_ARCH_FEATURES,
		PSCI_FID_VERSION,
		0,
		0xffffffff,
	};

	(void)arg;
	for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
		int64_t answer = features(others[i]);

		check(says_no(answer), "CPU %u: PV_TIME_FEATURES(0x%lx) is %s", self(), others[i],
		      answer_text(answer).s);
	}
}

void case_features_others(void)
{
	on_every_vcpu(ask_features_others);
}

/* That one which says yes is followed by one that says no is forbidden by no document. */
static void ask_steps(void *arg)
{
	int64_t arch = call_fdt32(SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES);
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
	      "CPU %u: PV_TIME_ST is %s, but this VM was %sgiven it", self(),
	      answer_text(address).s, suite.expect ? "" : "not ");
}

void case_as_given(void)
{
	if (suite.expect < 0) {
		skip("no expect= on the command line says what it was given");
		return;
	}
	on_every_vcpu(ask_as_given);
	if (suite.expect)
		check(suite.present || says_no(suite.st_answer),
		      "CPU 0: PV_TIME_ST is %s, which cannot be mapped",
		      answer_text(suite.st_answer).s);
}

/* In either dialect, as there is nothing that could have one. */
static void ask_absent(void *arg)
{
	static const struct {
		uint32_t fid, arg;
	} calls[] = {
		{SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES},
		{PVTIME_FID_FEATURES, PVTIME_FID_FEATURES},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST_BETA2},
		{PVTIME_FID_ST, 0},
		{PVTIME_FID_ST_BETA2, 0},
	};

	(void)arg;
	for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		int64_t answer = call_fdt32(calls[i].fid, calls[i].arg);

		check(says_no(answer), "CPU %u: 0x%x(0x%x) is %s", self(), calls[i].fid,
		      calls[i].arg, answer_text(answer).s);
	}
}

void case_absent_everywhere(void)
{
	on_every_vcpu(ask_absent);
	check(!board.stolen_time.size, "the FDT reserves 0x%lx bytes at 0x%lx for it",
	      board.stolen_time.size, board.stolen_time.base);
}

static void ask_not_supported(uint64_t fid, uint64_t arg)
{
	int64_t answer = call_fdt(fid, arg);

	check(answer == NO, "CPU %u: 0x%lx(0x%lx) is %s", self(), fid, arg, answer_text(answer).s);
}

static void ask_other_dialect(void *arg)
{
	const uint32_t other = suite.beta2 ? PVTIME_FID_ST : PVTIME_FID_ST_BETA2;
	int64_t has = features(other);

	(void)arg;
	ask_not_supported(other, 0);
	check(says_no(has), "CPU %u: PV_TIME_FEATURES(0x%x) is %s", self(), other,
	      answer_text(has).s);
}

void case_one_dialect(void)
{
	on_every_vcpu(ask_other_dialect);
}

/* A call of 32-bit form returns w0; what is above it is no matter of these calls. */
static void ask_aliases(void *arg)
{
	static const struct {
		uint32_t fid, arg;
	} calls[] = {
		{PVTIME_FID_FEATURES, PVTIME_FID_FEATURES},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST_BETA2},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST & ~SMCCC_64},
		{PVTIME_FID_FEATURES, PVTIME_FID_ST_BETA2 & ~SMCCC_64},
		{PVTIME_FID_ST, 0},
		{PVTIME_FID_ST_BETA2, 0},
	};

	(void)arg;
	for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		uint32_t fid = calls[i].fid & ~SMCCC_64;
		int64_t answer = call_fdt32(fid, calls[i].arg);

		check(answer == NO, "CPU %u: 0x%x(0x%x) is %s", self(), fid, calls[i].arg,
		      answer_text(answer).s);
	}
}

void case_aliases(void)
{
	on_every_vcpu(ask_aliases);
}

/* All of x0, but for PV_TIME_FEATURES in beta-2, which returns an int32. */
static void ask_results(void *arg)
{
	int64_t yes = features(suite.st_fid), st = call_fdt(suite.st_fid, 0);

	(void)arg;
	check(yes == SMCCC_SUCCESS || yes == NO, "CPU %u: PV_TIME_FEATURES(PV_TIME_ST) is %s",
	      self(), answer_text(yes).s);
	check(features(0) == NO, "CPU %u: PV_TIME_FEATURES(0) is %s", self(),
	      answer_text(features(0)).s);
	check(st > 0 || st == NO, "CPU %u: PV_TIME_ST is %s", self(), answer_text(st).s);
}

void case_results(void)
{
	on_every_vcpu(ask_results);
}

static int64_t answers[CPU_MAX];

/* Twice, on a vCPU that may have been asked before. */
static void ask_again(void *arg)
{
	unsigned index = self();

	(void)arg;
	for (unsigned i = 0; i < 2; i++) {
		int64_t answer = call_fdt(suite.st_fid, 0);

		if (!answers[index])
			answers[index] = answer;
		check(answer == answers[index] && !says_no(answer),
		      "CPU %u: PV_TIME_ST is %s, and was %s", index, answer_text(answer).s,
		      answer_text(answers[index]).s);
	}
}

static void ask_again_at_once(unsigned index)
{
	(void)index;
	ask_again(NULL);
}

/* Backwards, forwards, all at once: the answer depends on nothing but the vCPU. */
void case_any_vcpu(void)
{
	for (unsigned i = cpu_count(); i-- > 1;)
		on_cpu_run_unregistered(i, ask_again, NULL, LIMIT_MS);
	on_every_vcpu(ask_again);
	on_all_run(ask_again_at_once, LIMIT_MS);
	for (unsigned i = 0; i < cpu_count(); i++) {
		for (unsigned j = 0; j < i; j++)
			check(answers[i] != answers[j], "CPUs %u and %u: PV_TIME_ST is %s", j, i,
			      answer_text(answers[i]).s);
	}
}
