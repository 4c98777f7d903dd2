/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calling convention, and discovery step by step, as a guest sees
 * them.
 */
#include "tests/unit/hypervisor/machine.h"
#include "smccc.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#include <string.h>

#define NO   UINT64_MAX /* NOT_SUPPORTED is -1, in all of x0 */
#define HIGH UINT64_C(0xdeadbeef00000000)

static struct vcpu *v;

static uint64_t call(uint64_t x0, uint64_t x1)
{
	return machine_call(v, x0, x1, 0, 0);
}

/* Each step of R-03 for every dialect, and what differs between them. */
static void discovery(void)
{
	static const struct {
		uint64_t x0, x1;
		uint64_t v1_0, beta2, off;
		const char *what;
	} cases[] = {
		{0x84000000, 0, 0x10001, 0x10001, 0x10001, "PSCI_VERSION (1.1)"},
		{0x8400000a, 0x80000000, 0, 0, 0, "PSCI_FEATURES(SMCCC_VERSION)"},
		{0x80000000, 0, 0x10003, 0x10003, 0x10003, "SMCCC_VERSION (1.3)"},
		{0x80000001, 0x80000000, 0, 0, 0, "ARCH_FEATURES(VERSION)"},
		{0x80000001, 0x80000001, 0, 0, 0, "ARCH_FEATURES(ARCH_FEATURES)"},
		{0x80000001, 0xc5000020, 0, 0, NO, "ARCH_FEATURES(PV_TIME_FEATURES)"},
		{0x80000001, 0xc5000021, NO, NO, NO, "ARCH_FEATURES(PV_TIME_ST)"},
		{0xc5000020, 0xc5000020, 0, 0, NO, "PV_TIME_FEATURES(PV_TIME_FEATURES)"},
		{0xc5000020, 0xc5000021, 0, NO, NO, "PV_TIME_FEATURES(PV_TIME_ST)"},
		{0xc5000020, 0xc5000022, NO, 0, NO, "PV_TIME_FEATURES(PV_TIME_ST of beta-2)"},
		{0xc5000020, 0xc5000023, NO, NO, NO, "PV_TIME_FEATURES(0xc5000023)"},
		{0xc5000021, 0, 0x090a0000, NO, NO, "PV_TIME_ST"},
		{0xc5000022, 0, NO, 0x090a0000, NO, "PV_TIME_ST of beta-2"},
		{0xc5000023, 0, NO, NO, NO, "the call after PV_TIME_ST of beta-2"},
		{0x85000020, 0xc5000020, NO, NO, NO, "the SMC32 alias of PV_TIME_FEATURES"},
		{0x85000021, 0, NO, NO, NO, "the SMC32 alias of PV_TIME_ST"},
		{0x85000022, 0, NO, NO, NO, "the SMC32 alias of PV_TIME_ST of beta-2"},
		{0x80000001, 0x85000020, NO, NO, NO,
		 "ARCH_FEATURES(the SMC32 alias of PV_TIME_FEATURES)"},
		{0x80000001, 0x80008000, NO, NO, NO, "ARCH_FEATURES(WORKAROUND_1)"},
		{0x80000001, 0x80007fff, NO, NO, NO, "ARCH_FEATURES(WORKAROUND_2)"},
		{0x80000001, 0x80003fff, NO, NO, NO, "ARCH_FEATURES(WORKAROUND_3)"},
		{0x80008000, 0, NO, NO, NO, "WORKAROUND_1"},
		{0x80007fff, 0, NO, NO, NO, "WORKAROUND_2"},
		{0x80003fff, 0, NO, NO, NO, "WORKAROUND_3"},
		{0x80000002, 0, NO, NO, NO, "SMCCC_ARCH_SOC_ID"},
		{0xc0000000, 0, NO, NO, NO, "SMCCC_VERSION, 64-bit"},
		{0xc0000001, 0x80000000, NO, NO, NO, "ARCH_FEATURES, 64-bit"},
		{0xc400000a, 0x80000000, NO, NO, NO, "PSCI_FEATURES, 64-bit"},
		{0x04000000, 0, NO, NO, NO, "PSCI_VERSION as a yielding call"},
		{0x8600ff01, 0, NO, NO, NO, "a vendor's UID"},
		{0, 0, NO, NO, NO, "function ID 0"},
		{0xffffffff, 0, NO, NO, NO, "function ID 0xffffffff"},
	};
	static const char *const dialects[] = {"off", "1.0", "beta-2"};

	for (unsigned d = 0; d < 3; d++) {
		machine_start((enum pvtime_dialect)d, false);
		v = &vm.vcpus[0];
		for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
			uint64_t answer = d == 1   ? cases[i].v1_0
					  : d == 2 ? cases[i].beta2
						   : cases[i].off;

			tap_is_u64(call(cases[i].x0, cases[i].x1), answer,
				   "dialect %s: %s returns what that dialect defines", dialects[d],
				   cases[i].what);
			tap_is_u64(call(HIGH | cases[i].x0, HIGH | cases[i].x1), answer,
				   "a call ignores the upper halves of x0 and x1");
		}
	}
	tap_ok(vm.dialect == PVTIME_DIALECT_BETA2 && vm.pvtime.pa,
	       "a VM of dialect beta-2 has a region");
	machine_start(PVTIME_DIALECT_OFF, false);
	tap_ok(!vm.pvtime.pa, "a VM without stolen time has no region (R-32)");
}

/* PV_TIME_ST returns the caller's own structure, however often it is called. */
static void every_vcpu(void)
{
	machine_start(PVTIME_DIALECT_1_0, false);
	for (unsigned twice = 0; twice < 2; twice++)
		for (unsigned i = 0; i < MACHINE_VCPUS; i++)
			tap_is_u64(machine_call(&vm.vcpus[i], 0xc5000021, 0, 0, 0),
				   0x090a0000 + 64 * i,
				   "PV_TIME_ST returns vCPU %u its own structure", i);
}

/* The answers that the vectors give by themselves (fastcall.S) are what the calls return. */
static void prepared(void)
{
	static const char *const dialects[] = {"off", "1.0", "beta-2"};

	for (unsigned d = 0; d < 3; d++) {
		unsigned bad = 0;

		machine_start((enum pvtime_dialect)d, false);
		for (unsigned i = 0; i < MACHINE_VCPUS; i++) {
			const struct fast_answers *a = &vm.vcpus[i].answers;

			for (uint32_t n = 0; n < FAST_FIDS; n++)
				bad += (uint64_t)a->features[n] !=
				       machine_call(&vm.vcpus[i], 0xc5000020, 0xc5000020 + n, 0, 0);
			for (uint32_t n = 1; n < FAST_FIDS; n++)
				bad += (uint64_t)a->st[n - 1] !=
				       machine_call(&vm.vcpus[i], 0xc5000020 + n, 0, 0, 0);
		}
		tap_is_u64(
			bad, 0,
			"dialect %s: the prepared answers of every vCPU are what the calls return",
			dialects[d]);
	}
	tap_is_u64(FAST_VERSION, call(0x80000000, 0),
		   "the prepared version is what SMCCC_VERSION returns");
}

/* Bit 16 of the function ID is a hint; bits 23:17 must be zero. */
static void hints(void)
{
	static const uint64_t calls[][3] = {
		{0x84000000, 0, 0x10001},
		{0x80000000, 0, 0x10003},
		{0x80000001, 0xc5000020, 0},
		{0xc5000020, 0xc5000021, 0},
		{0xc5000021, 0, 0x090a0000},
		{0x8400000a, 0x84000003, 0},
		{0xc4000004, 0, 0 /* vCPU 0 is on */},
	};

	machine_start(PVTIME_DIALECT_1_0, false);
	v = &vm.vcpus[0];
	for (unsigned i = 0; i < ARRAY_SIZE(calls); i++) {
		unsigned bad = 0;

		tap_is_u64(call(calls[i][0] | BIT(16), calls[i][1]), calls[i][2],
			   "0x%llx with the SVE hint returns the same as without it",
			   (unsigned long long)calls[i][0]);
		for (uint64_t bits = 1; bits < 128; bits++) {
			bad += call(calls[i][0] | bits << 17, calls[i][1]) != NO;
			bad += call(calls[i][0] | bits << 17 | BIT(16), calls[i][1]) != NO;
		}
		tap_is_u64(bad, 0, "a call with any of bits 23:17 set returns NOT_SUPPORTED");
	}
}

static void immediates(void)
{
	unsigned bad = 0;

	for (unsigned i = 1; i < 0x10000; i++) {
		v->regs.x[0] = 0x84000000;
		smccc_call(v, i);
		bad += v->regs.x[0] != NO;
	}
	tap_is_u64(bad, 0, "a call with any immediate but 0 returns NOT_SUPPORTED");
	v->regs.x[0] = 0x84000008; /* SYSTEM_OFF */
	smccc_call(v, 1);
	tap_ok(vm.phase == VM_RUNNING, "SYSTEM_OFF with the immediate 1 does nothing");
}

/* Random function IDs, many close to known ones: the call returns -1 and changes only x0. */
static void unknown(void)
{
	static const uint32_t bases[] = {0x80000000, 0x84000000, 0xc4000000,
					 0xc5000000, 0x85000000, 0};
	uint64_t seed = 5;
	unsigned bad = 0, changed = 0, tried = 0;

	while (tried < 200000) {
		uint32_t base = bases[random_below(&seed, ARRAY_SIZE(bases))];
		uint32_t fid = base ? base | (uint32_t)random_below(&seed, 0x100)
				    : (uint32_t)next_random(&seed);
		uint32_t fn = fid & ~(uint32_t)(BIT(30) | BIT(16));
		struct gp_regs before;

		/* Known calls are tested elsewhere. */
		if ((fn >= 0x84000000 && fn <= 0x8400000a) || (fn | BIT(30)) - 0xc5000020 < 3 ||
		    fn == 0x80000000 || fn == 0x80000001)
			continue;
		for (unsigned i = 0; i < 31; i++)
			v->regs.x[i] = next_random(&seed);
		v->regs.x[0] = (next_random(&seed) << 32) | fid;
		before = v->regs;
		smccc_call(v, 0);
		bad += v->regs.x[0] != NO;
		before.x[0] = v->regs.x[0];
		changed += memcmp(&before, &v->regs, sizeof(before)) != 0;
		tried++;
	}
	tap_is_u64(bad, 0, "200000 unknown calls return NOT_SUPPORTED");
	tap_is_u64(changed, 0, "unknown calls change no register but x0");
}

/* The same for known calls. */
static void preserved(void)
{
	static const uint32_t fids[] = {0x84000000, 0x80000000, 0x80000001, 0x8400000a,
					0xc5000020, 0xc5000021, 0xc4000004, 0x84000006};
	unsigned changed = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(fids); i++) {
		struct gp_regs before;

		for (unsigned n = 0; n < 31; n++)
			v->regs.x[n] = UINT64_C(0xa5a5a5a5a5a5a500) + n;
		v->regs.x[0] = fids[i];
		before = v->regs;
		smccc_call(v, 0);
		changed += !memcmp(&before, &v->regs, 8) ||
			   memcmp(&before.x[1], &v->regs.x[1], sizeof(before) - 8);
	}
	tap_is_u64(changed, 0, "known calls change no register but x0, PC and PSTATE included");
}

int main(void)
{
	discovery();
	every_vcpu();
	prepared();
	hints();
	immediates();
	unknown();
	preserved();
	return tap_done();
}
