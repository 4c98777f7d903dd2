/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each vCPU discovers about stolen time, at every step of R-03 and through both conduits
 * . The word 1.0, beta-2 or off says which dialect this VM has. If it has
 * none, reading the region's address must abort. Each wrong answer is printed, and each vCPU has
 * one result.
 */
#include <pvtime/abi.h>
#include <pvtime/smccc.h>
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/cpu.h"
#include "guest/exception.h"
#include "guest/smccc.h"
#include "guest/start.h"

#define REGION \
	0x090a0000ull /* on QEMU's machine and ours: with `off` the guest cannot discover it */
#define NO (-1)

static struct outcome {
	unsigned wrong;
	bool done;
} outcomes[CPU_MAX];

static bool on, beta2;

static int64_t ask(void (*conduit)(struct smccc_regs *), uint64_t fid, uint64_t arg)
{
	struct smccc_regs regs = {{fid, arg}};

	conduit(&regs);
	return (int64_t)regs.x[0];
}

/* A call whose answer must be `want`. */
static void expect(void (*conduit)(struct smccc_regs *), uint64_t fid, uint64_t arg, int64_t want)
{
	unsigned self = cpu_self()->index;
	int64_t got = ask(conduit, fid, arg);

	if (got == want)
		return;
	outcomes[self].wrong++;
	tap_print("# CPU %u: 0x%lx(0x%lx) returns 0x%lx, expected 0x%lx\n", self, fid, arg,
		  (uint64_t)got, (uint64_t)want);
}

static void steps(void (*conduit)(struct smccc_regs *))
{
	uint64_t mine = beta2 ? PVTIME_FID_ST_BETA2 : PVTIME_FID_ST;
	uint64_t other = beta2 ? PVTIME_FID_ST : PVTIME_FID_ST_BETA2;
	int64_t yes = on ? PVTIME_SMCCC_SUCCESS : NO;

	expect(conduit, PVTIME_PSCI_FID_VERSION, 0, 0x10001);
	expect(conduit, PVTIME_PSCI_FID_FEATURES, PVTIME_SMCCC_FID_VERSION, 0);
	expect(conduit, PVTIME_SMCCC_FID_VERSION, 0, 0x10003);
	expect(conduit, PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES, yes);
	expect(conduit, PVTIME_FID_FEATURES, PVTIME_FID_FEATURES, yes);
	expect(conduit, PVTIME_FID_FEATURES, mine, yes);
	expect(conduit, PVTIME_FID_FEATURES, other, NO);
	expect(conduit, PVTIME_FID_FEATURES, PVTIME_FID_ST & ~PVTIME_SMCCC_64, NO);
	expect(conduit, mine, 0,
	       on ? (int64_t)(REGION + cpu_self()->index * PVTIME_STRUCT_SIZE) : NO);
	expect(conduit, other, 0, NO);
	expect(conduit, mine & ~PVTIME_SMCCC_64, 0, NO);
	expect(conduit, PVTIME_FID_FEATURES & ~PVTIME_SMCCC_64, mine, NO);
	/* The upper halves of function ID and argument are ignored, and so is the SVE hint. */
	expect(conduit, PVTIME_FID_FEATURES | 0xdeadull << 32, mine | 0xbeefull << 32, yes);
	expect(conduit, PVTIME_FID_FEATURES | PVTIME_SMCCC_SVE_HINT, mine, yes);
	expect(conduit, PVTIME_FID_FEATURES, mine | PVTIME_SMCCC_SVE_HINT, yes);
	expect(conduit, PVTIME_SMCCC_FID_VERSION | 0xdeadull << 32 | PVTIME_SMCCC_SVE_HINT, 0,
	       0x10003);
	/* Bits 23 to 17 are not ignored. The IDs next to the implemented ones are unknown. */
	for (unsigned bit = 17; bit < 24; bit++) {
		expect(conduit, PVTIME_FID_FEATURES | 1u << bit, mine, NO);
		expect(conduit, PVTIME_FID_FEATURES, mine | 1u << bit, NO);
		expect(conduit, mine | 1u << bit, 0, NO);
		expect(conduit, PVTIME_SMCCC_FID_VERSION | 1u << bit, 0, NO);
	}
	expect(conduit, PVTIME_FID_FEATURES - 1, mine, NO);
	expect(conduit, PVTIME_FID_ST_BETA2 + 1, 0, NO);
	expect(conduit, PVTIME_FID_FEATURES, PVTIME_FID_FEATURES - 1, NO);
	expect(conduit, PVTIME_FID_FEATURES, PVTIME_FID_ST_BETA2 + 1, NO);
	expect(conduit, PVTIME_FID_FEATURES, PVTIME_SMCCC_FID_VERSION, NO);
}

static void ask_everything(void *arg)
{
	struct outcome *o = arg;
	uint64_t value;
	struct fault f;

	steps(smccc_hvc);
	steps(smccc_smc);
	f = fault_read(REGION + cpu_self()->index * PVTIME_STRUCT_SIZE, 8, &value);
	if (f.taken == on || (f.taken && ESR_FSC(f.esr) != ESR_FSC_EXTERNAL)) {
		tap_print("# CPU %u: reading the region: ESR 0x%lx\n", cpu_self()->index, f.esr);
		o->wrong++;
	}
	__atomic_store_n(&o->done, true, __ATOMIC_RELEASE);
}

int main(void)
{
	beta2 = board_has_arg("beta-2");
	on = beta2 || board_has_arg("1.0");
	tap_ok(on || board_has_arg("off"), "the command line names the VM's dialect, or off");
	tap_is_u64(
		board.stolen_time.base, on ? REGION : 0,
		"the FDT has the region's address if stolen time is on, and no region if it is off");
	tap_is_u64(
		board.stolen_time.size, on ? PVTIME_GRANULE : 0,
		"the region in the FDT has one granule if stolen time is on, and is empty if it is off");
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (i == 0)
			ask_everything(&outcomes[0]);
		else
			tap_is_i64(cpu_start(i, ask_everything, &outcomes[i]), 0,
				   "CPU_ON of CPU %u succeeds", i);
		while (!__atomic_load_n(&outcomes[i].done, __ATOMIC_ACQUIRE))
			;
		tap_is_u64(outcomes[i].wrong, 0, "CPU %u gets the expected answer at every step",
			   i);
	}
	return tap_done();
}
