/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds for every call, tested with named calls. random_calls.c has random ones. */
#include <pvtime/smccc.h>
#include "call_state.h"
#include "suite.h"

#define NO   PVTIME_SMCCC_NOT_SUPPORTED
#define FAST (1u << 31) /* bit 31 of a function ID: set in fast calls, clear in yielding calls */

#define WORKAROUND_1 0x80008000u
#define WORKAROUND_2 0x80007fffu
#define WORKAROUND_3 0x80003fffu

/* A function number that no service is known to use. */
#define NUMBER_UNKNOWN 0xf0e5u

/* Calls without side effects. ST stands for PV_TIME_ST of this VM's dialect. */
#define ST 0u
static const struct {
	uint32_t fid, arg;
} harmless[] = {
	{PVTIME_PSCI_FID_VERSION, 0},
	{PVTIME_PSCI_FID_FEATURES, PVTIME_SMCCC_FID_VERSION},
	{PVTIME_SMCCC_FID_VERSION, 0},
	{PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES},
	{PVTIME_FID_FEATURES, PVTIME_FID_FEATURES},
	{PVTIME_FID_FEATURES, ST},
	{ST, 0},
	{PVTIME_FID_FEATURES & ~PVTIME_SMCCC_64, PVTIME_FID_FEATURES},
	{0xc6000000u | NUMBER_UNKNOWN, 0},
};
#define HARMLESS (sizeof harmless / sizeof harmless[0])

static uint32_t fid_of(size_t i)
{
	return harmless[i].fid == ST ? suite.st_fid : harmless[i].fid;
}

static uint32_t arg_of(size_t i)
{
	return harmless[i].fid == PVTIME_FID_FEATURES && harmless[i].arg == ST ? suite.st_fid
									       : harmless[i].arg;
}

/* The result of a call: calls of 32-bit form, and PV_TIME_FEATURES in beta-2, return w0. */
static int64_t result_of(uint32_t fid, int64_t x0)
{
	bool is_int32 = !(fid & PVTIME_SMCCC_64) || (suite.beta2 && fid == PVTIME_FID_FEATURES);

	return is_int32 && x0 != CALL_FAULTED ? (int32_t)x0 : x0;
}

/* Call `fn` for each conduit that works, and report a conduit that does not. */
static void by_each_conduit(void (*fn)(const struct call_conduit *c))
{
	for (unsigned i = 0; i < CALL_CONDUITS; i++) {
		const struct call_conduit *c = &call_conduits[i];

		if (call_conduit_is_there(c))
			fn(c);
		else
			observe("%s is UNDEFINED here and was not tested", c->name);
	}
}

void case_conduits(void)
{
	const struct call_conduit *hvc = &call_conduits[0], *smc = &call_conduits[1];

	/* R-30 requires both conduits only where the hypervisor traps both instructions. */
	if (!call_conduit_is_there(hvc) || !call_conduit_is_there(smc)) {
		skip("%s is UNDEFINED here", call_conduit_is_there(hvc) ? "SMC" : "HVC");
		return;
	}
	for (size_t i = 0; i < HARMLESS; i++) {
		uint32_t fid = fid_of(i), arg = arg_of(i);
		int64_t a = result_of(fid, hvc->ask(fid, arg));
		int64_t b = result_of(fid, smc->ask(fid, arg));

		check(a == b, "0x%x(0x%x) is %s by HVC, but %s by SMC", fid, arg, answer_text(a).s,
		      answer_text(b).s);
	}
}

/* Check that a call gives the same result with another function ID or call ID. */
static void check_same(const struct call_conduit *c, size_t i, uint64_t fid, uint64_t arg)
{
	int64_t a = result_of(fid_of(i), c->ask(fid_of(i), arg_of(i)));
	int64_t b = result_of(fid_of(i), c->ask(fid, arg));

	check(a == b, "%s 0x%x(0x%x) is %s, but 0x%lx(0x%lx) is %s", c->name, fid_of(i), arg_of(i),
	      answer_text(a).s, fid, arg, answer_text(b).s);
}

static void upper_halves(const struct call_conduit *c)
{
	static const uint64_t upper[] = {1ull << 32, 1ull << 63, 0xdeadbeefull << 32,
					 0xffffffffull << 32};

	for (size_t i = 0; i < HARMLESS; i++) {
		for (unsigned j = 0; j < sizeof upper / sizeof upper[0]; j++) {
			check_same(c, i, fid_of(i) | upper[j], arg_of(i));
			check_same(c, i, fid_of(i), arg_of(i) | upper[j]);
			check_same(c, i, fid_of(i) | upper[j], arg_of(i) | upper[j]);
		}
	}
}

void case_upper_halves(void)
{
	by_each_conduit(upper_halves);
}

static void sve_hint(const struct call_conduit *c)
{
	for (size_t i = 0; i < HARMLESS; i++)
		check_same(c, i, fid_of(i) | PVTIME_SMCCC_SVE_HINT, arg_of(i));
}

void case_sve_hint(void)
{
	int64_t version = call_fdt32(PVTIME_SMCCC_FID_VERSION, 0);

	if (version < PVTIME_SMCCC_VERSION_1_3)
		skip("SMCCC_VERSION is %s here, and only 1.3 and later have the SVE hint",
		     answer_text(version).s);
	else
		by_each_conduit(sve_hint);
}

static void check_not_supported(const struct call_conduit *c, uint64_t fid, uint64_t arg)
{
	int64_t answer = c->ask(fid, arg);

	check(answer == NO, "%s 0x%lx(0x%lx) is %s, not -1", c->name, fid, arg,
	      answer_text(answer).s);
}

static void reserved_bits(const struct call_conduit *c)
{
	for (size_t i = 0; i < HARMLESS; i++) {
		for (unsigned bit = 17; bit < 24; bit++)
			check_not_supported(c, fid_of(i) | 1u << bit, arg_of(i));
		check_not_supported(c, fid_of(i) | 0xfe0000, arg_of(i));
	}
}

void case_reserved_bits(void)
{
	by_each_conduit(reserved_bits);
}

static void immediates(const struct call_conduit *c)
{
	for (size_t i = 0; i < HARMLESS; i++) {
		for (unsigned j = 1; j < CALL_IMMEDIATES; j++) {
			struct call_state before = {.x = {fid_of(i), arg_of(i)}}, after;
			int64_t answer = call_make(c->call[j], &before, &after)
						 ? (int64_t)after.x[0]
						 : CALL_FAULTED;

			check(answer == NO, "%s #0x%x, 0x%x(0x%x), is %s, not -1", c->name,
			      call_immediates[j], fid_of(i), arg_of(i), answer_text(answer).s);
		}
	}
}

void case_immediates(void)
{
	by_each_conduit(immediates);
}

/*
 * All registers have random values, except the function ID and, where the call takes one, the call
 * ID. Calls that are UNDEFINED are left to the case unknown_calls.
 */
static void check_kept(const struct call_conduit *c, unsigned kept)
{
	uint64_t random = suite.seed;

	for (size_t i = 0; i < HARMLESS; i++) {
		struct call_state before, after;
		struct call_changes changes;

		call_randomize(&before, &random);
		before.x[0] = fid_of(i);
		if (arg_of(i))
			before.x[1] = arg_of(i);
		if (!call_make(c->call[0], &before, &after))
			continue;
		changes = call_changes(&before, &after, kept);
		check(!changes.s[0], "%s 0x%x(0x%x) changes %s", c->name, fid_of(i), arg_of(i),
		      changes.s);
	}
}

static void registers(const struct call_conduit *c)
{
	check_kept(c, CALL_GENERAL);
}

/* Before SMCCC 1.1, a call could leave x4 to x17 unpredictable. */
void case_registers(void)
{
	int64_t version = call_fdt32(PVTIME_SMCCC_FID_VERSION, 0);

	if (version < PVTIME_SMCCC_VERSION_1_1)
		skip("SMCCC_VERSION is %s here, and calls must keep x4 to x17 only since 1.1",
		     answer_text(version).s);
	else
		by_each_conduit(registers);
}

static void results_kept(const struct call_conduit *c)
{
	check_kept(c, CALL_RESULTS);
}

void case_results_kept(void)
{
	by_each_conduit(results_kept);
}

static void simd_kept(const struct call_conduit *c)
{
	check_kept(c, CALL_SIMD);
}

void case_simd_kept(void)
{
	by_each_conduit(simd_kept);
}

/*
 * If ARCH_FEATURES returns -1, the call must return -1 too. Otherwise the call must exist; its
 * result is not judged. For WORKAROUND_2, ARCH_FEATURES may return -2, "not needed", which leaves
 * open what the call does.
 */
static void workarounds(const struct call_conduit *c)
{
	static const uint32_t all[] = {WORKAROUND_1, WORKAROUND_2, WORKAROUND_3};

	for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
		int64_t has = (int32_t)c->ask(PVTIME_SMCCC_FID_ARCH_FEATURES, all[i]);
		int64_t answer = c->ask(all[i], 0);

		if (has == NO)
			check(answer == NO, "%s WORKAROUND_%u is %s, but ARCH_FEATURES of it is -1",
			      c->name, i + 1, answer_text(answer).s);
		else
			check(answer != CALL_FAULTED && (answer != NO || has < 0),
			      "%s WORKAROUND_%u is %s, but ARCH_FEATURES of it is %ld", c->name,
			      i + 1, answer_text(answer).s, has);
	}
}

void case_workarounds(void)
{
	by_each_conduit(workarounds);
}

/*
 * An unknown call of that form, for each owner that the convention defines, and for some that it
 * does not define.
 */
static void each_unknown(const struct call_conduit *c, uint32_t form,
			 void (*judge)(const struct call_conduit *c, uint64_t fid, uint64_t arg))
{
	for (uint32_t owner = 0; owner < 64; owner++) {
		if (owner <= 8 || owner >= 47)
			judge(c, form | owner << 24 | NUMBER_UNKNOWN, 0);
	}
}

/* Judges the result of the call, which is w0 for the 32-bit form. */
static void check_unknown(const struct call_conduit *c, uint64_t fid, uint64_t arg)
{
	int64_t answer = result_of((uint32_t)fid, c->ask(fid, arg));

	check(answer == NO, "%s 0x%lx is %s, not -1", c->name, fid, answer_text(answer).s);
}

static void unknown_calls(const struct call_conduit *c)
{
	each_unknown(c, FAST, check_unknown);
	each_unknown(c, FAST | PVTIME_SMCCC_64, check_unknown);
}

void case_unknown_calls(void)
{
	by_each_conduit(unknown_calls);
}

static void whole_answer(const struct call_conduit *c)
{
	each_unknown(c, 0, check_not_supported);
	each_unknown(c, PVTIME_SMCCC_64, check_not_supported);
	each_unknown(c, FAST, check_not_supported);
	check_not_supported(c, PVTIME_FID_FEATURES & ~PVTIME_SMCCC_64, suite.st_fid);
	check_not_supported(c, suite.st_fid & ~PVTIME_SMCCC_64, 0);
	check_not_supported(c, 0xffffffff, 0);
}

void case_whole_answer(void)
{
	by_each_conduit(whole_answer);
}
