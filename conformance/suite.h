/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_SUITE_H
#define CONFORMANCE_SUITE_H

/*
 * The bare-metal guest of the conformance suite: what its cases are written with.
 *
 * A case is a function case_NAME() with a line in cases.def. It runs on CPU 0 with interrupts
 * masked and every other CPU off, and has to leave it so. It says what it saw by check(), observe()
 * and skip(); the suite prints one TAP line for it. The same functions may be called on the other
 * CPUs that it starts.
 *
 * Words of the command line (bootargs):
 *	dialect=beta-2	the dialect that this VM was given; 1.0 otherwise
 *	expect=on|off	whether it was given stolen time; what is found is taken for right otherwise
 *	rounds=N	rounds of contention for the case of that name (10000)
 *	calls=N		random calls (100000)
 *	seed=N		of random_calls; any
 *	case=A,B,...	only these
 *	reset_ms=MS the case `reset` alone: spin until the virtual counter is at MS, SYSTEM_RESET,
 *	judge
 * Others are ignored, and it says so; a wrong value, or one of these twice, is a Bail out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/abi.h>
#include "guest/cpu.h"
#include "guest/timer.h"
#include "needs.h"

/* What was found before the first case, on CPU 0; constant from then on, but for `ipa`. */
struct suite {
	bool present;	   /* PV_TIME_ST gave an address that could be mapped */
	int64_t st_answer; /* what it gave, that or not */
	bool beta2;
	int expect;	 /* expect=: 1 on, 0 off, -1 not said */
	uint32_t st_fid; /* PV_TIME_ST of this VM's dialect */
	uint64_t seed;
	uint64_t slack_ns;     /* what a gap may have that is no wait: see gaps.h */
	uint64_t ipa[CPU_MAX]; /* of each CPU's structure; 0 before structure_register() */
	uint64_t boot_counter; /* ticks, and stolen ns: CPU 0, as early as they could be read */
	uint64_t boot_stolen_ns;
};
extern struct suite suite;

/*
 * Judge: records the first failures of the case with what was seen. Returns ok. Formats:
 * hypervisor/format.h.
 */
__attribute__((format(printf, 2, 3))) bool check(bool ok, const char *format, ...);

/*
 * Something seen that belongs into the report, whatever the verdict. Few lines of up to 200
 * characters.
 */
__attribute__((format(printf, 1, 2))) void observe(const char *format, ...);

/* This case cannot judge here, and why; unless a check() has failed. */
__attribute__((format(printf, 1, 2))) void skip(const char *format, ...);

/*
 * x0 of fid(arg) by HVC, by SMC, by the one that the FDT names; CALL_FAULTED where that instruction
 * faults.
 */
#define CALL_FAULTED INT64_MIN
int64_t call_hvc(uint64_t fid, uint64_t arg);
int64_t call_smc(uint64_t fid, uint64_t arg);
int64_t call_fdt(uint64_t fid, uint64_t arg);

/* The same of a call that returns an int32: w0, sign-extended; or CALL_FAULTED. */
int64_t call_fdt32(uint64_t fid, uint64_t arg);

/* Such an answer in words: -1, 0x90a0000, UNDEFINED. For one full expression: answer_text(x).s */
struct answer_text {
	char s[24];
};
struct answer_text answer_text(int64_t answer);

/*
 * On the calling CPU: PV_TIME_ST, map what it says, note it in suite.ipa. false where there
 * is none, or no address that can be mapped. May be repeated: PV_TIME_ST is called again each time.
 */
bool structure_register(void);

/* The structure of CPU `index`, from any CPU; NULL before its structure_register(). */
const volatile struct pvtime_stolen *structure_of(unsigned index);

/*
 * Its counter: one 64-bit load with acquire, converted from little-endian; 0 where there is no
 * structure.
 */
uint64_t stolen_ns(unsigned index);
uint64_t stolen_ns_self(void);

/*
 * Run fn(arg) on a CPU that is off, which registers first if there is stolen time, and wait till it
 * is off again. False, and a failed check, where it could not be started or did not end in `ms` of
 * guest time. on_all_run(): on all CPUs at the same time: fn gets the CPU's index, behind a barrier
 * that all have reached; if not all do, none calls fn. The caller takes part, then waits for the
 * others, by WFI.
 */
bool on_cpu_run(unsigned index, void (*fn)(void *arg), void *arg, unsigned ms);
bool on_all_run(void (*fn)(unsigned index), unsigned ms);

/* on_cpu_run() of a CPU that registers itself, or not: for cases about that. */
bool on_cpu_run_unregistered(unsigned index, void (*fn)(void *arg), void *arg, unsigned ms);

/* on_cpu_run() in two halves: the caller does other things meanwhile. */
bool cpu_begin(unsigned index, void (*fn)(void *arg), void *arg);
bool cpu_end(unsigned index, unsigned ms);

uint64_t ns_of(uint64_t ticks);
uint64_t ticks_of_us(uint64_t us);

/*
 * What a first kernel leaves to the second one, which it starts without a reset: to go on with the
 * report.
 */
struct handover {
	uint64_t magic;
	uint64_t next_case;	     /* the second kernel's first: the one that was running */
	uint64_t run, wrong, weaker; /* lines printed so far, and those that are not ok, by grade */
	uint64_t seed;
	uint64_t ipa[CPU_MAX];	     /* 0: that CPU had none */
	uint64_t stolen_ns[CPU_MAX]; /* as the first kernel read them last */
	uint64_t counter;	     /* when it did, ticks */
};
#define HANDOVER_MAGIC 0x707674696d652b32u /* of this layout */

/*
 * In the first kernel, within a case: all but `magic`, which is for the caller to set when it is
 * sure to go.
 */
void handover_fill(struct handover *h);

/* In the second kernel, what the first one left; NULL in the first. */
const struct handover *handover_received(void);

/* Every case of cases.def. */
#define RULE(symbol, ...) RULE_##symbol,
enum rule {
#include "rules.def"
	RULES
};
#undef RULE

#define GUEST_CASE(rule, name, needs, by, text) void case_##name(void);
#define USER_CASE(rule, name, by, text)
#include "cases.def"
#undef GUEST_CASE
#undef USER_CASE

#endif
