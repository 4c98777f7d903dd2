/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_SUITE_H
#define CONFORMANCE_SUITE_H

/*
 * The bare-metal guest of the conformance suite: what its cases use.
 *
 * A case is a function case_NAME() with a line in cases.def. It runs on CPU 0 with interrupts
 * masked and every other CPU off, and must leave the machine in that state. It reports by check(),
 * observe() and skip(); the suite prints one TAP line for it. A case may call the same functions on
 * other CPUs that it starts.
 *
 * Words of the command line (bootargs):
 *	dialect=beta-2	the dialect that this VM was given; 1.0 otherwise
 *	expect=on|off whether the VM was given stolen time; without it, any finding is accepted
 *	rounds=N	rounds of contention for the case of that name (10000)
 *	calls=N		random calls (100000)
 *	seed=N		seed of random_calls; any number
 *	case=A,B,...	only these cases
 *	reset_ms=MS	only the case `reset`, with SYSTEM_RESET at multiples of MS (reset.c)
 * The suite reports and ignores other words. A wrong value, or a word given twice, is a Bail out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/abi.h>
#include "guest/cpu.h"
#include "guest/timer.h"
#include "needs.h"

/* What the suite found before the first case, on CPU 0. Constant afterwards, except for `ipa`. */
struct suite {
	bool present;	   /* PV_TIME_ST gave an address that could be mapped */
	int64_t st_answer; /* the result of PV_TIME_ST, an address or not */
	bool beta2;
	int expect;	 /* expect=: 1 on, 0 off, -1 absent */
	uint32_t st_fid; /* PV_TIME_ST of this VM's dialect */
	uint64_t seed;
	uint64_t slack_ns;	 /* the part of a gap that need not be a wait: see gaps.h */
	uint64_t ipa[CPU_MAX];	 /* of each CPU's structure; 0 before structure_register() */
	uint64_t boot_counter;	 /* ticks: CPU 0, when boot_stolen_ns was read */
	uint64_t boot_stolen_ns; /* CPU 0, as early as it could be read */
};
extern struct suite suite;

/*
 * Judge: if not `ok`, record what was seen; the first failures of a case are printed. Returns ok.
 * Formats: hypervisor/format.h.
 */
__attribute__((format(printf, 2, 3))) bool check(bool ok, const char *format, ...);

/*
 * Record an observation for the report, whatever the verdict. Keep it to a few lines of at most 200
 * characters.
 */
__attribute__((format(printf, 1, 2))) void observe(const char *format, ...);

/* The case cannot judge here, and why. A check() that fails takes precedence. */
__attribute__((format(printf, 1, 2))) void skip(const char *format, ...);

/*
 * x0 of fid(arg) by HVC, by SMC, or by the conduit that the FDT names. CALL_FAULTED if the
 * instruction faults.
 */
#define CALL_FAULTED INT64_MIN
int64_t call_hvc(uint64_t fid, uint64_t arg);
int64_t call_smc(uint64_t fid, uint64_t arg);
int64_t call_fdt(uint64_t fid, uint64_t arg);

/* call_fdt() for a call that returns an int32: w0, sign-extended; or CALL_FAULTED. */
int64_t call_fdt32(uint64_t fid, uint64_t arg);

/*
 * An answer as text, such as -1, 0x90a0000, UNDEFINED. Valid within one full expression:
 * answer_text(x).s
 */
struct answer_text {
	char s[24];
};
struct answer_text answer_text(int64_t answer);

/*
 * On the calling CPU: call PV_TIME_ST, map the structure, and record its address in
 * suite.ipa. False if there is no structure, or if its address cannot be mapped. May be repeated:
 * each call makes PV_TIME_ST again.
 */
bool structure_register(void);

/* The structure of CPU `index`, from any CPU; NULL before its structure_register(). */
const volatile struct pvtime_stolen *structure_of(unsigned index);

/*
 * The counter of that structure, in ns: one 64-bit load with acquire, converted from little-endian;
 * 0 without a structure.
 */
uint64_t stolen_ns(unsigned index);
uint64_t stolen_ns_self(void);

/*
 * on_cpu_run(): run fn(arg) on a CPU that is off, and wait until it is off again. The CPU registers
 * first if there is stolen time. False, with a failed check, if the CPU does not start, or does not
 * end within `ms` of guest time.
 *
 * on_all_run(): run fn(index) on all CPUs at the same time, behind a barrier. If a CPU does not
 * reach the barrier, no CPU calls fn. The caller takes part, and then waits for the other CPUs by
 * WFI.
 */
bool on_cpu_run(unsigned index, void (*fn)(void *arg), void *arg, unsigned ms);
bool on_all_run(void (*fn)(unsigned index), unsigned ms);

/* on_cpu_run() without the registration, for cases that are about registering. */
bool on_cpu_run_unregistered(unsigned index, void (*fn)(void *arg), void *arg, unsigned ms);

/* The two halves of on_cpu_run(), for a caller that does other things meanwhile. */
bool cpu_begin(unsigned index, void (*fn)(void *arg), void *arg);
bool cpu_end(unsigned index, unsigned ms);

uint64_t ns_of(uint64_t ticks);
uint64_t ticks_of_us(uint64_t us);

/*
 * What the first kernel hands over to the second one, which it starts without a reset and which
 * continues the report.
 */
struct handover {
	uint64_t magic;
	/* index of the case that was running, which is the second kernel's first */
	uint64_t next_case;
	uint64_t run, wrong,
		weaker; /* cases printed so far, and those of them that are not ok, by grade */
	uint64_t seed;
	uint64_t ipa[CPU_MAX];	     /* 0: the CPU had no structure */
	uint64_t stolen_ns[CPU_MAX]; /* as the first kernel read them last */
	uint64_t counter;	     /* ticks: when the first kernel read them */
};
#define HANDOVER_MAGIC 0x707674696d652b32u /* identifies this layout */

/*
 * In the first kernel, within a case: fill in everything but `magic`. The caller sets `magic` right
 * before it starts the second kernel.
 */
void handover_fill(struct handover *h);

/* In the second kernel: what the first one handed over. In the first kernel: NULL. */
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
